import { describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'
import { createPipeline } from './pipeline.ts'
import { emptyStats } from './request.ts'

describe('emptyStats', () => {
  it.each(['calibrated', 'classic'])('is what a pipeline says before the first flow, with %s fusion', (fusion) => {
    const config = loadConfig(undefined, {}, { 'detection.fusion': fusion })
    const stats = { ...createPipeline({ config, rules: [] }).stats(), flowsPerSecond: 0, blind: [], sources: [] }
    expect(emptyStats(config)).toEqual(stats)
  })
})
