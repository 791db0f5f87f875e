import { writeFileSync } from 'node:fs'
import { describeFeatures } from '../src/features/document.ts'

/** Writes docs/features.md anew from the feature list. */
writeFileSync(new URL('../docs/features.md', import.meta.url), describeFeatures())
