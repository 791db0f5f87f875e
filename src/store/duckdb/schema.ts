import { NAMED } from '../../query/query.ts'
import { NUMBERS } from '../flow-batch.ts'

const RECORD = NUMBERS.map(({ name, type }) => `${name} ${type}`).join(', ')

/** Names, attack type and service of a flow of version 2 as `texts` has them. */
const WORDS = `CASE WHEN coalesce(flows.words, '') = '' AND coalesce(type, '') = '' AND coalesce(service, '') = '' THEN ''
  ELSE concat(CASE WHEN coalesce(flows.words, '') = '' THEN chr(10) ELSE flows.words END,
    CASE WHEN coalesce(type, '') = '' THEN '' ELSE lower(type) || chr(10) END,
    CASE WHEN coalesce(service, '') = '' THEN '' ELSE lower(service) || chr(10) END) END`

/**
 * What makes the tables of version n of those of version n - 1, oldest first: a fresh file runs them all. One that was
 * released is never changed, only followed by another. An address is two halves of its 128 bits (IPv4 is ::ffff:a.b.c.d).
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE incidents (id VARCHAR, version UINTEGER, type VARCHAR, title VARCHAR, severity UTINYINT, method VARCHAR,
      score DOUBLE, first_seen DOUBLE, last_seen DOUBLE, flows DOUBLE, packets DOUBLE, bytes DOUBLE, attack VARCHAR[],
      detectors VARCHAR[], ports USMALLINT[], state VARCHAR, assignee VARCHAR, notes VARCHAR, suppressed_by VARCHAR,
      body VARCHAR)`,
    'CREATE TABLE incident_versions (id VARCHAR, version UINTEGER, time DOUBLE, body VARCHAR)',
    'CREATE TABLE incident_hosts (id VARCHAR, source BOOLEAN, hi UBIGINT, lo UBIGINT)',
    `CREATE TABLE flows (seq BIGINT, src_hi UBIGINT, src_lo UBIGINT, dst_hi UBIGINT, dst_lo UBIGINT, ${RECORD},
      score DOUBLE, confidence DOUBLE, rule_score DOUBLE, ml_score DOUBLE, weight DOUBLE, anomaly BOOLEAN, input VARCHAR,
      service VARCHAR, conn_state VARCHAR, end_reason VARCHAR, method VARCHAR, type VARCHAR, incident VARCHAR,
      names VARCHAR, details FLOAT[32])`,
    'CREATE TABLE minutes (time DOUBLE, flows DOUBLE, anomalies DOUBLE, packets DOUBLE, bytes DOUBLE)',
    `CREATE TABLE talkers (time DOUBLE, address VARCHAR, flows DOUBLE, anomalies DOUBLE, bytes_out DOUBLE, bytes_in DOUBLE)`,
    `CREATE TABLE hosts (address VARCHAR, hi UBIGINT, lo UBIGINT, last_seen DOUBLE, body VARCHAR)`,
    'CREATE TABLE journal (seq BIGINT, time DOUBLE, author VARCHAR, kind VARCHAR, subject VARCHAR, content VARCHAR)',
  ],
  // What is searched for over all flows has a column of its own: a sum or a part of JSON is not worked out ten million times.
  [
    'ALTER TABLE flows ADD COLUMN bytes DOUBLE',
    'ALTER TABLE flows ADD COLUMN packets DOUBLE',
    'ALTER TABLE flows ADD COLUMN words VARCHAR',
    `UPDATE flows SET bytes = bytes_out + bytes_in, packets = packets_out + packets_in, words = CASE WHEN names = '' THEN ''
      ELSE chr(10) || lower(concat_ws(chr(10), ${NAMED.map((name) => `names->>'$.${name}'`).join(', ')})) || chr(10) END`,
  ],
  // What flows are called is kept once (src/store/duckdb/texts.ts) and flows are found by its number; so are those of an incident.
  [
    'CREATE TABLE texts (id BIGINT, names VARCHAR, words VARCHAR)',
    'ALTER TABLE flows ADD COLUMN text BIGINT',
    'ALTER TABLE flows ADD COLUMN incident_number UINTEGER',
    `UPDATE flows SET incident_number = ${numberOf('incident')} WHERE incident <> ''`,
    `INSERT INTO texts SELECT row_number() OVER (ORDER BY first), names, words FROM (SELECT min(seq) AS first, words AS names,
      ${WORDS} AS words FROM flows GROUP BY ALL)`,
    `UPDATE flows SET text = texts.id FROM texts WHERE texts.names IS NOT DISTINCT FROM flows.words
      AND texts.words IS NOT DISTINCT FROM ${WORDS}`,
  ],
  // A column is not dropped in the transaction that filled others.
  ['ALTER TABLE flows DROP COLUMN words'],
  ["ALTER TABLE flows ADD COLUMN tunnel VARCHAR DEFAULT ''"],
]

/** The number an incident's id ends with, as SQL. */
function numberOf(id: string): string {
  return String.raw`try_cast(regexp_extract(${id}, '(\d+)$', 1) AS UINTEGER)`
}

/** Every table that holds history. */
export const TABLES = [
  'incidents',
  'incident_versions',
  'flows',
  'texts',
  'minutes',
  'talkers',
  'hosts',
  'journal',
] as const
