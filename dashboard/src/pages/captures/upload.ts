import type { CaptureView } from '../../../../src/types/api.ts'
import { ApiError } from '../../api.ts'

/** Sends a file as it is, telling how much is through (0 to 1). Rejects with an `ApiError`; `signal` ends it. */
export function upload(file: File, progress: (share: number) => void, signal: AbortSignal): Promise<CaptureView> {
  return new Promise((resolve, reject) => {
    // What fetch cannot: say how far it is.
    const request = new XMLHttpRequest()
    request.open('POST', `/api/captures?name=${encodeURIComponent(nameOf(file))}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0)
    request.onload = () => {
      if (request.status === 201) resolve(request.response as CaptureView)
      else
        reject(
          new ApiError(request.status, (request.response as { error?: string } | null)?.error ?? 'it was not taken'),
        )
    }
    request.onerror = () =>
      reject(new ApiError(0, 'it did not get through: nads ended the connection or cannot be reached'))
    request.onabort = () => reject(new ApiError(0, 'stopped'))
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

/** What the server takes as a name: no characters that cannot be seen. */
function nameOf({ name }: File): string {
  return name.replaceAll(/\p{C}/gu, '').trim().slice(-200) || 'capture'
}
