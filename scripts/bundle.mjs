import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const src = join(root, 'src') + sep
const INSTALLED = `${sep}node_modules${sep}`

/**
 * Bundles entry files (names and paths below the root) with all they import into `folder`, and returns the names of what was
 * written. Code with a native part stays an import. Nothing is minified, so that a stack trace can be read; with
 * `--enable-source-maps` it names the sources.
 */
export async function bundle(input, folder) {
  const bundled = await rolldown({
    ...{ cwd: root, input, platform: 'node', external: /^@duckdb\/node-bindings/ },
    plugins: [places(folder)],
    onLog(level, log, report) {
      // Only what a dependency would rather have, and does without.
      if (log.code === 'UNRESOLVED_IMPORT' && !log.id?.includes(INSTALLED)) throw new Error(log.message)
      if (level === 'warn' && !log.id?.includes(INSTALLED)) report(level, log)
    },
  })
  const { output } = await bundled.write({
    ...{ dir: folder, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    ...{ sourcemap: true, sourcemapExcludeSources: true },
  })
  await bundled.close()
  const modules = output.flatMap((chunk) => chunk.moduleIds ?? [])
  writeFileSync(join(folder, 'LICENSES.txt'), licencesOf(modules))
  return [...output.map(({ fileName }) => fileName), 'LICENSES.txt']
}

/** A source that asks where it is gets the answer it would get if every source had been compiled to a file of its own below dist/. */
function places(folder) {
  return {
    name: 'places',
    transform(code, id) {
      if (!id.startsWith(src) || !code.includes('import.meta.url')) return null
      const place = join(root, 'dist', relative(src, id).replace(/\.ts$/, '.js'))
      const from = JSON.stringify(relative(folder, place).replaceAll(sep, '/'))
      return { code: code.replaceAll('import.meta.url', `new URL(${from}, import.meta.url).href`), map: null }
    },
  }
}

/** The licences of all packages of which something was bundled: they ask to be handed on. */
function licencesOf(modules) {
  const folders = new Set(modules.filter((id) => id.includes(INSTALLED)).map(packageOf))
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
    return `${name} ${version}: ${license}\n${text}`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

function packageOf(id) {
  let folder = dirname(id)
  // A package.json without a name only says what kind of modules are beside it.
  while (!existsSync(join(folder, 'package.json')) || !isNamed(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

function isNamed(file) {
  const { name, version } = JSON.parse(readFileSync(file, 'utf8'))
  return name !== undefined && version !== undefined
}
