/** How the link layer is framed, as the LINKTYPE_ registry of tcpdump.org numbers it. */
export type LinkType = number

/**
 * Takes frames from a packet source. `buffer[offset .. offset + captured)` is only valid during the call; `length` is the
 * length on the wire; `time` is epoch seconds.
 */
export interface FrameSink {
  frame(buffer: Uint8Array, offset: number, captured: number, length: number, time: number, link: LinkType): void
  /** The buffer handed to `frame` is about to be reused: whatever still points into it must be dealt with now. */
  flush(): void
}
