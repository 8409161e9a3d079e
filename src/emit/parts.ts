/**
 * The functions that emitted modules carry, as JavaScript: made from the functions of the same names in `draw`, `lookup` and
 * `reader` by test/parts.test.ts, which fails where they differ.
 */
export const PARTS: { readonly [name: string]: string } = {
  murmur3:
    "function murmur3(text, seed = 0) {\n  return finish(absorb({ hash: seed | 0, carry: 0, bits: 0, bytes: 0, lead: 0 }, text, 0, text.length)) >>> 0;\n}",
  absorbSeed: "function absorbSeed(seed) {\n  return absorb({ hash: 0, carry: 0, bits: 0, bytes: 0, lead: 0 }, seed, 0, seed.length);\n}",
  hashKey: "function hashKey(seed, key) {\n  return finish(absorb(seed, key, 0, key.length)) >>> 0;\n}",
  slotOfKey:
    "function slotOfKey(seed, text, from, to) {\n  let hash = seed.hash;\n  let carry = seed.carry;\n  const bits = seed.bits;\n  let at = from;\n  if (seed.lead === 0) {\n    for (; at + 4 <= to; at += 4) {\n      const a = text.charCodeAt(at);\n      const b = text.charCodeAt(at + 1);\n      const c = text.charCodeAt(at + 2);\n      const d = text.charCodeAt(at + 3);\n      if ((a | b | c | d) > 127) break;\n      const word = a | (b << 8) | (c << 16) | (d << 24);\n      hash = block(hash, carry | (word << bits));\n      carry = bits === 0 ? 0 : word >>> (32 - bits);\n    }\n    if (at === to)\n      return Math.floor((avalanche(hash ^ scramble(carry) ^ (seed.bytes + to - from)) >>> 0) * (625 / 268435456));\n  }\n  const rest = absorb({ hash, carry, bits, bytes: seed.bytes + at - from, lead: seed.lead }, text, at, to);\n  return Math.floor((finish(rest) >>> 0) * (625 / 268435456));\n}",
  slotOf: "function slotOf(draw) {\n  return Math.floor(draw * SLOTS) + 0;\n}",
  absorb:
    '"use strict";\nfunction absorb(prefix, text, from, to) {\n  let { hash, carry, bits, bytes, lead } = prefix;\n  for (let at = from; at < to; at++) {\n    let point = text.charCodeAt(at);\n    if (lead !== 0) {\n      if ((point & 0xfc00) === 0xdc00) point = 0x10000 + ((lead & 0x3ff) << 10) + (point & 0x3ff);\n      else {\n        point = 0xfffd;\n        at--;\n      }\n      lead = 0;\n    } else if ((point & 0xfc00) === 0xd800) {\n      lead = point;\n      continue;\n    } else if ((point & 0xfc00) === 0xdc00) point = 0xfffd;\n    const length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;\n    for (let left = length - 1; left >= 0; left--) {\n      const first = length === 1 ? point : ((0xf00 >> length) & 0xff) | (point >> (6 * left));\n      carry |= (left === length - 1 ? first : 0x80 | ((point >> (6 * left)) & 0x3f)) << bits;\n      bits += 8;\n      if (bits === 32) {\n        hash = block(hash, carry);\n        carry = 0;\n        bits = 0;\n      }\n    }\n    bytes += length;\n  }\n  return { hash, carry, bits, bytes, lead };\n}',
  finish:
    '"use strict";\nfunction finish(state) {\n  const { hash, carry, bytes } = state.lead === 0 ? state : absorb({ ...state, lead: 0 }, "\\ufffd", 0, 1);\n  return avalanche(hash ^ scramble(carry) ^ bytes);\n}',
  block:
    '"use strict";\nfunction block(hash, word) {\n  const mixed = hash ^ scramble(word);\n  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;\n}',
  scramble:
    '"use strict";\nfunction scramble(word) {\n  const product = Math.imul(word, 0xcc9e2d51);\n  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);\n}',
  avalanche:
    '"use strict";\nfunction avalanche(hash) {\n  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);\n  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);\n  return mixed ^ (mixed >>> 16);\n}',
  findHash:
    "function findHash(values) {\n  const lengths = values.map((value) => value.length);\n  const min = lengths.reduce((a, b) => Math.min(a, b), Infinity);\n  if (min === 0 || values.length === 0) return undefined;\n  const max = lengths.reduce((a, b) => Math.max(a, b), 0);\n  const positions = findPositions(values, min);\n  if (positions === undefined) return undefined;\n  let size = 4;\n  while (size < values.length * 4) size *= 2;\n  const index = new Int32Array(size);\n  const hashes = new Int32Array(size);\n  values.forEach((value, number) => {\n    const hash = hashOf(positions, value, 0, value.length);\n    let cell = hash & (size - 1);\n    while (index[cell] !== 0) cell = (cell + 1) & (size - 1);\n    index[cell] = number + 1;\n    hashes[cell] = hash;\n  });\n  return { min, max, positions, index, hashes, values };\n}",
  findPositions:
    '"use strict";\nfunction findPositions(values, min) {\n  const candidates = [];\n  for (let at = 0; at < Math.min(min, REACH); at++) candidates.push(at, -1 - at);\n  let chosen = [];\n  let best = values.length;\n  let worst = mostAlike(values, []);\n  while (worst > 1 && chosen.length < MAX_POSITIONS) {\n    let next;\n    let fewest = best + 1;\n    for (const candidate of candidates) {\n      if (chosen.includes(candidate)) continue;\n      const positions = [...chosen, candidate];\n      const distinct = new Set(values.map((value) => hashOf(positions, value, 0, value.length))).size;\n      if (values.length - distinct < fewest) {\n        fewest = values.length - distinct;\n        next = positions;\n        if (fewest === 0) break;\n      }\n    }\n    if (next === undefined || fewest === best) break;\n    chosen = next;\n    best = fewest;\n    worst = mostAlike(values, chosen);\n  }\n  return worst > MAX_ALIKE ? undefined : Int32Array.from(chosen);\n}',
  mostAlike:
    '"use strict";\nfunction mostAlike(values, positions) {\n  const counts = new Map();\n  let most = 0;\n  for (const value of values) {\n    const hash = hashOf(positions, value, 0, value.length);\n    const count = (counts.get(hash) ?? 0) + 1;\n    counts.set(hash, count);\n    most = Math.max(most, count);\n  }\n  return most;\n}',
  hashOf:
    "function hashOf(positions, text, from, to) {\n  let hash = to - from;\n  for (let i = 0; i < positions.length; i++) {\n    const position = positions[i];\n    hash = Math.imul(hash ^ text.charCodeAt(position < 0 ? to + position : from + position), 0x9e3779b1);\n    hash ^= hash >>> 15;\n  }\n  return hash;\n}",
  findWhole:
    "function findWhole({ min, max, positions, index, hashes, values }, text) {\n  const length = text.length;\n  if (length < min || length > max) return 0;\n  const hash = hashOf(positions, text, 0, length);\n  for (let cell = hash; ; cell++) {\n    cell &= index.length - 1;\n    const number = index[cell];\n    if (number === 0) return 0;\n    if (hashes[cell] === hash && values[number - 1] === text) return number;\n  }\n}",
  findPart:
    "function findPart({ min, max, positions, index, hashes, values }, text, from, to) {\n  const length = to - from;\n  if (length < min || length > max) return 0;\n  const hash = hashOf(positions, text, from, to);\n  for (let cell = hash; ; cell++) {\n    cell &= index.length - 1;\n    const number = index[cell];\n    if (number === 0) return 0;\n    const value = values[number - 1];\n    if (hashes[cell] === hash && value.length === length && text.startsWith(value, from)) return number;\n  }\n}",
  cookieStart:
    "function cookieStart(line, name) {\n  for (let at = line.indexOf(name); at !== -1; at = line.indexOf(name, at + 1)) {\n    let before = at - 1;\n    while (before >= 0 && isBlank(line.charCodeAt(before))) before--;\n    if (before >= 0 && line.charCodeAt(before) !== 59) continue;\n    let after = at + name.length;\n    while (isBlank(line.charCodeAt(after))) after++;\n    if (line.charCodeAt(after) !== 61) continue;\n    do after++;\n    while (isBlank(line.charCodeAt(after)));\n    return after;\n  }\n  return -1;\n}",
  cookieEnd:
    'function cookieEnd(line, from) {\n  let to = line.indexOf(";", from);\n  if (to === -1) to = line.length;\n  while (to > from && isBlank(line.charCodeAt(to - 1))) to--;\n  return to;\n}',
  cookieValue:
    "function cookieValue(line, name) {\n  const from = cookieStart(line, name);\n  return from === -1 ? undefined : line.slice(from, cookieEnd(line, from));\n}",
  cookieIs:
    "function cookieIs(line, from, value) {\n  if (!line.startsWith(value, from)) return false;\n  let after = from + value.length;\n  while (isBlank(line.charCodeAt(after))) after++;\n  return after >= line.length || line.charCodeAt(after) === 59;\n}",
  isCookieValue:
    'function isCookieValue(value) {\n  return (\n    value !== "" &&\n    !value.includes(";") &&\n    !isBlank(value.charCodeAt(0)) &&\n    !isBlank(value.charCodeAt(value.length - 1))\n  );\n}',
  isBlank: '"use strict";\nfunction isBlank(unit) {\n  return unit === 32 || unit === 9;\n}',
  fetched:
    '"use strict";\nfunction fetched(carrier, name) {\n  if (typeof carrier.get !== "function") return undefined;\n  const value = carrier.get(name);\n  return typeof value === "string" ? value : undefined;\n}',
  fetchedAuthority:
    '"use strict";\nfunction fetchedAuthority(carrier, request) {\n  return fetched(carrier, "host") ?? (typeof request.url === "string" ? targetAuthority(request.url) : undefined);\n}',
  queryStart:
    'function queryStart(target, name) {\n  let at = pathEnd(target, 0);\n  if (target.charCodeAt(at) !== 63) return -1;\n  const hash = target.indexOf("#", at);\n  const end = hash === -1 ? target.length : hash;\n  while (at < end) {\n    at++;\n    let next = target.indexOf("&", at);\n    if (next === -1 || next > end) next = end;\n    let equals = at;\n    let escaped = false;\n    for (; equals < next; equals++) {\n      const unit = target.charCodeAt(equals);\n      if (unit === 61) break;\n      if (unit === 37 || unit === 43) escaped = true;\n    }\n    if (escaped) return -2;\n    if (equals - at === name.length && target.startsWith(name, at)) {\n      const from = equals < next ? equals + 1 : next;\n      for (let i = from; i < next; i++) {\n        const unit = target.charCodeAt(i);\n        if (unit === 37 || unit === 43) return -2;\n      }\n      return from;\n    }\n    at = next;\n  }\n  return -1;\n}',
  queryEnd:
    "function queryEnd(target, from) {\n  for (let at = from; at < target.length; at++) {\n    const unit = target.charCodeAt(at);\n    if (unit === 38 || unit === 35) return at;\n  }\n  return target.length;\n}",
  queryDecoded:
    'function queryDecoded(target, name) {\n  const start = pathEnd(target, 0);\n  if (target.charCodeAt(start) !== 63) return undefined;\n  const hash = target.indexOf("#", start);\n  if (/\\p{Surrogate}/u.test(name)) return undefined;\n  return new URLSearchParams(`&${target.slice(start + 1, hash === -1 ? target.length : hash)}`).get(name) ?? undefined;\n}',
  queryValue:
    "function queryValue(target, name) {\n  const from = queryStart(target, name);\n  if (from === -1) return undefined;\n  const value = from === -2 ? undefined : target.slice(from, queryEnd(target, from));\n  return value !== undefined && isPlain(value) ? value : queryDecoded(target, name);\n}",
  isPlain: "function isPlain(text) {\n  return /^[^\\p{Surrogate}\\ufffd]*$/u.test(text);\n}",
  rawHeadersOf:
    '"use strict";\nfunction rawHeadersOf(request) {\n  const { rawHeaders } = request;\n  return Array.isArray(rawHeaders) ? rawHeaders : undefined;\n}',
  rawField:
    '"use strict";\nfunction rawField(carrier, name, separator) {\n  const raw = carrier;\n  let whole;\n  for (let at = 0; at + 1 < raw.length; at += 2) {\n    const key = raw[at];\n    if (typeof key !== "string" || key.length !== name.length || (key !== name && !isFold(key, name))) continue;\n    const value = raw[at + 1];\n    if (typeof value !== "string") return undefined;\n    if (separator === "") return value;\n    whole = whole === undefined ? value : whole + separator + value;\n  }\n  return whole;\n}',
  isFold:
    '"use strict";\nfunction isFold(text, name) {\n  for (let at = 0; at < name.length; at++) {\n    const unit = text.charCodeAt(at);\n    if ((unit >= 65 && unit <= 90 ? unit + 32 : unit) !== name.charCodeAt(at)) return false;\n  }\n  return true;\n}',
  rawAuthority:
    '"use strict";\nfunction rawAuthority(carrier) {\n  return rawField(carrier, ":authority", "") ?? rawField(carrier, "host", "");\n}',
  toRequest:
    'function toRequest({ headers = {}, ...rest }) {\n  const folded = Object.create(null);\n  const pairs = Symbol.iterator in headers ? headers : Object.entries(headers);\n  for (const [name, values] of pairs) {\n    const key = name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());\n    for (const value of typeof values === "string" ? [values] : (values ?? [])) {\n      const before = folded[key];\n      folded[key] = before === undefined ? value : before + (key === "cookie" ? "; " : ", ") + value;\n    }\n  }\n  return { headers: folded, ...rest };\n}',
  pathStart:
    'function pathStart(target) {\n  if (target.charCodeAt(0) === 47) return 0;\n  const colon = target.indexOf("://");\n  if (colon === -1) return 0;\n  if (!/^[a-z]/i.test(target)) return 0;\n  for (let at = 1; at < colon; at++) if (!/[a-z0-9+.-]/i.test(target.charAt(at))) return 0;\n  const path = originEnd(target, colon + 3);\n  return target.charCodeAt(path) === 47 ? path : colon + 1;\n}',
  pathEnd:
    'function pathEnd(target, from) {\n  if (from > 0 && target.indexOf("://") === from - 1) return from + 1;\n  for (let at = from; at < target.length; at++) {\n    const unit = target.charCodeAt(at);\n    if (unit === 63 || unit === 35) return at;\n  }\n  return target.length;\n}',
  targetAuthority:
    'function targetAuthority(target) {\n  if (pathStart(target) === 0) return undefined;\n  const start = target.indexOf("://") + 3;\n  const origin = target.slice(start, originEnd(target, start));\n  return origin.slice(origin.lastIndexOf("@") + 1);\n}',
  originEnd:
    '"use strict";\nfunction originEnd(target, from) {\n  for (let at = from; at < target.length; at++) {\n    const unit = target.charCodeAt(at);\n    if (unit === 47 || unit === 63 || unit === 35) return at;\n  }\n  return target.length;\n}',
  headersOf:
    'function headersOf(request) {\n  const { headers } = request;\n  return typeof headers === "object" && headers !== null ? headers : undefined;\n}',
  stringOf:
    'function stringOf(value) {\n  return typeof value === "string" ? value : value === undefined ? undefined : joined(value, ", ");\n}',
  joined:
    'function joined(value, separator) {\n  if (!Array.isArray(value) || value.length === 0) return undefined;\n  let whole = "";\n  for (let at = 0; at < value.length; at++) {\n    const item = value[at];\n    if (typeof item !== "string") return undefined;\n    whole = at === 0 ? item : whole + separator + item;\n  }\n  return whole;\n}',
  property: "function property(carrier, name) {\n  return carrier[name];\n}",
  cookiesOf:
    'function cookiesOf(carrier) {\n  const line = property(carrier, "cookie");\n  return typeof line === "string" ? line : line === undefined ? undefined : joined(line, "; ");\n}',
  ownAuthority: 'function ownAuthority(carrier) {\n  return ownField(carrier, ":authority") ?? ownField(carrier, "host");\n}',
  ownField:
    '"use strict";\nfunction ownField(carrier, name) {\n  return Object.hasOwn(carrier, name) ? stringOf(property(carrier, name)) : undefined;\n}',
  ownAttribute:
    'function ownAttribute(request, name) {\n  const attributes = property(request, "attributes");\n  if (typeof attributes !== "object" || attributes === null) return undefined;\n  const value = property(attributes, name);\n  return typeof value === "string" && Object.hasOwn(attributes, name) ? value : undefined;\n}',
};
