import type { StickyHash } from "../../alias/index.ts";

/** Bits, words and bytes, for Lua 5.1, LuaJIT, 5.3 and 5.4. */
export const LUA_BITS: string = String.raw`local floor, byte, char, sub = math.floor, string.byte, string.char, string.sub

-- Bits: LuaJIT and Lua 5.2 have functions, Lua 5.3 has operators, and Lua 5.1 has neither.
local WORD = 4294967296
local load_text = loadstring or load
local has_bit, bits = pcall(require, "bit")
if not has_bit then bits = bit32 end
local xor, band
if bits then
  xor = function(a, b) return bits.bxor(a, b) % WORD end
  band = function(a, b) return bits.band(a, b) % WORD end
elseif load_text("return 1 ~ 1") then
  xor = load_text("return function(a, b) return a ~ b end")()
  band = load_text("return function(a, b) return a & b end")()
else
  local function each(a, b, of)
    local result, place = 0, 1
    while a > 0 or b > 0 do
      local x, y = a % 2, b % 2
      if of(x, y) then result = result + place end
      a, b, place = (a - x) / 2, (b - y) / 2, place * 2
    end
    return result
  end
  xor = function(a, b) return each(a, b, function(x, y) return x ~= y end) end
  band = function(a, b) return each(a, b, function(x, y) return x == 1 and y == 1 end) end
end

local function right(a, n) return floor(a / 2 ^ n) end
local function left(a, n) return (a % 2 ^ (32 - n)) * 2 ^ n end
local function turn(a, n) return left(a, n) + right(a, 32 - n) end

-- The product of two words, by halves: a double is exact up to 2^53.
local function times(a, b)
  local low = a % 65536
  return (floor((a - low) / 65536) * b % 65536 * 65536 + low * b) % WORD
end

local function word_at(text, at)
  local a, b, c, d = byte(text, at, at + 3)
  return a + b * 256 + c * 65536 + d * 16777216
end
`;

/** The hashes that an alias can name, each of the bytes of a text. */
export const LUA_HASHES: Readonly<Record<StickyHash, string>> = {
  murmur3: String.raw`local function hash_of(text)
  local function scramble(block) return times(turn(times(block, 0xcc9e2d51), 15), 0x1b873593) end
  local hash, length = 0, #text
  local whole = length - length % 4
  for at = 1, whole, 4 do hash = (times(turn(xor(hash, scramble(word_at(text, at))), 13), 5) + 0xe6546b64) % WORD end
  local tail = 0
  for at = length, whole + 1, -1 do tail = tail * 256 + byte(text, at) end
  hash = xor(xor(hash, scramble(tail)), length)
  hash = times(xor(hash, right(hash, 16)), 0x85ebca6b)
  hash = times(xor(hash, right(hash, 13)), 0xc2b2ae35)
  return xor(hash, right(hash, 16))
end
`,
  murmur2: String.raw`local function hash_of(text)
  local hash, length = #text, #text
  local whole = length - length % 4
  for at = 1, whole, 4 do
    local block = times(word_at(text, at), 0x5bd1e995)
    hash = xor(times(hash, 0x5bd1e995), times(xor(block, right(block, 24)), 0x5bd1e995))
  end
  if whole < length then
    local tail = 0
    for at = length, whole + 1, -1 do tail = tail * 256 + byte(text, at) end
    hash = times(xor(hash, tail), 0x5bd1e995)
  end
  hash = times(xor(hash, right(hash, 13)), 0x5bd1e995)
  return xor(hash, right(hash, 15))
end
`,
  xxh32: String.raw`local function hash_of(text)
  local p1, p2, p3, p4, p5 = 0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1
  local at, length, hash = 1, #text, p5
  if length >= 16 then
    local lanes = { (p1 + p2) % WORD, p2, 0, WORD - p1 }
    while at + 15 <= length do
      for lane = 1, 4 do
        lanes[lane] = times(turn((lanes[lane] + times(word_at(text, at), p2)) % WORD, 13), p1)
        at = at + 4
      end
    end
    hash = turn(lanes[1], 1) + turn(lanes[2], 7) + turn(lanes[3], 12) + turn(lanes[4], 18)
  end
  hash = (hash + length) % WORD
  while at + 3 <= length do
    hash = times(turn((hash + times(word_at(text, at), p3)) % WORD, 17), p4)
    at = at + 4
  end
  while at <= length do
    hash = times(turn((hash + byte(text, at) * p5) % WORD, 11), p1)
    at = at + 1
  end
  hash = times(xor(hash, right(hash, 15)), p2)
  hash = times(xor(hash, right(hash, 13)), p3)
  return xor(hash, right(hash, 16))
end
`,
  sha256: String.raw`-- The last four bytes of SHA-256, lowest first. Its constants are fractions of roots of primes.
local sha_roots, sha_start, sha_prime = {}, {}, 2
local function fraction(root) return floor((root - floor(root)) * WORD) end
while #sha_roots < 64 do
  local is_prime = true
  for divisor = 2, floor(sha_prime ^ 0.5) do if sha_prime % divisor == 0 then is_prime = false end end
  if is_prime then
    if #sha_start < 8 then sha_start[#sha_start + 1] = fraction(sha_prime ^ 0.5) end
    sha_roots[#sha_roots + 1] = fraction(sha_prime ^ (1 / 3))
  end
  sha_prime = sha_prime + 1
end

local function hash_of(text)
  local state = { (table.unpack or unpack)(sha_start) }
  local length = #text
  local padded = text .. "\128" .. ("\0"):rep((55 - length) % 64)
  for shift = 7, 0, -1 do padded = padded .. char(floor(length * 8 / 256 ^ shift) % 256) end
  for from = 1, #padded, 64 do
    local words = {}
    for i = 1, 64 do
      if i <= 16 then
        local a, b, c, d = byte(padded, from + i * 4 - 4, from + i * 4 - 1)
        words[i] = a * 16777216 + b * 65536 + c * 256 + d
      else
        local x, y = words[i - 15], words[i - 2]
        local low = xor(xor(turn(x, 25), turn(x, 14)), right(x, 3))
        local high = xor(xor(turn(y, 15), turn(y, 13)), right(y, 10))
        words[i] = (words[i - 16] + low + words[i - 7] + high) % WORD
      end
    end
    local a, b, c, d, e, f, g, h = (table.unpack or unpack)(state)
    for i = 1, 64 do
      local choice = xor(band(e, f), band(WORD - 1 - e, g))
      local one = (h + xor(xor(turn(e, 26), turn(e, 21)), turn(e, 7)) + choice + sha_roots[i] + words[i]) % WORD
      local most = xor(xor(band(a, b), band(a, c)), band(b, c))
      local other = xor(xor(turn(a, 30), turn(a, 19)), turn(a, 10)) + most
      a, b, c, d, e, f, g, h = (one + other) % WORD, a, b, c, (d + one) % WORD, e, f, g
    end
    for i, each in ipairs({ a, b, c, d, e, f, g, h }) do state[i] = (state[i] + each) % WORD end
  end
  local last = state[8]
  return last % 256 * 16777216 + right(last, 8) % 256 * 65536 + right(last, 16) % 256 * 256 + right(last, 24)
end
`,
};

/**
 * Reading of fields and deciding. A request is a table with `method`, `target`, `lines(name)`, which returns the values of a header as a
 * list, and `random()`, a number in [0, 1).
 */
export const LUA_DECIDE: string = String.raw`-- The slot of a hash. murmur2 is compared with the bounds that nginx has.
local function slot_of(name, hash)
  local slot = floor(hash * 10000 / WORD)
  if name == "murmur2" and slot < 9999 and hash >= floor((slot + 1) * 4294967295 / 10000) then return slot + 1 end
  return slot
end

local function trim(text) return (text:gsub("^[ \t]+", ""):gsub("[ \t]+$", "")) end

-- Bytes from 128 on as the characters of these numbers, which is how node has the text of a header.
local function to_utf8(text)
  return (text:gsub("[\128-\255]", function(unit)
    local code = byte(unit)
    return char(code < 192 and 194 or 195, 128 + code % 64)
  end))
end

-- How many bytes a character has, or how many to take for one U+FFFD: the longest run that could begin a character.
local function sequence(text, at)
  local first = byte(text, at)
  if first < 128 then return 1, true end
  local count, low, high = 0, 128, 191
  if first >= 194 and first < 224 then count = 1
  elseif first >= 224 and first < 240 then
    count = 2
    if first == 224 then low = 160 elseif first == 237 then high = 159 end
  elseif first >= 240 and first < 245 then
    count = 3
    if first == 240 then low = 144 elseif first == 244 then high = 143 end
  else return 1, false end
  for i = 1, count do
    local unit = byte(text, at + i)
    if not unit or unit < low or unit > high then return i, false end
    low, high = 128, 191
  end
  return count + 1, true
end

local function decoded(text)
  text = text:gsub("+", " "):gsub("%%(%x%x)", function(digits) return char(tonumber(digits, 16)) end)
  if not text:find("[\128-\255]") then return text end
  local parts, at = {}, 1
  while at <= #text do
    local count, is_whole = sequence(text, at)
    parts[#parts + 1] = is_whole and sub(text, at, at + count - 1) or "\239\191\189"
    at = at + count
  end
  return table.concat(parts)
end

local readers = {}

-- The lines of a header as one, or the first where the separator is not given.
function readers.header(request, name, separator)
  local lines = request.lines(name)
  if #lines == 0 then return nil end
  if not separator then return trim(lines[1]) end
  local trimmed = {}
  for i, line in ipairs(lines) do trimmed[i] = trim(line) end
  return table.concat(trimmed, separator)
end

function readers.cookie(request, name)
  local line = readers.header(request, "cookie", "; ")
  if not line then return nil end
  for pair in (line .. ";"):gmatch("([^;]*);") do
    local equals = pair:find("=", 1, true)
    if equals and trim(sub(pair, 1, equals - 1)) == name then return trim(sub(pair, equals + 1)) end
  end
end

function readers.query(request, name)
  local query = request.target:match("^[^?#]*%?([^#]*)")
  if not query then return nil end
  for pair in (query .. "&"):gmatch("([^&]*)&") do
    if pair ~= "" then
      local equals = pair:find("=", 1, true) or #pair + 1
      if decoded(sub(pair, 1, equals - 1)) == name then return decoded(sub(pair, equals + 1)) end
    end
  end
end

function readers.path(request)
  local rest = request.target:match("^%a[%w+.-]*://[^/?#]*([^?#]*)")
  if rest == "" then return "/" end
  return rest or request.target:match("^[^?#]*")
end

function readers.method(request) return request.method end

local function read(field, request) return readers[field.kind](request, field.name, field.separator) end

local function holds(rule, request)
  for _, match in ipairs(rule) do
    local value = read(match.field, request)
    local found = value ~= nil and match.values[value] == true
    if found ~= rule.all then return found end
  end
  return rule.all
end

local function arm_of(arms, slot)
  for _, arm in ipairs(arms) do if slot < arm.below then return arm.version end end
end

-- A set of values. Long lists come in parts: a function has so many constants only.
local function set(...)
  local values = {}
  for _, part in ipairs({ ... }) do for _, value in ipairs(part()) do values[value] = true end end
  return values
end

local function decide(alias, request)
  for _, rule in ipairs(alias.rules) do if holds(rule, request) then return rule.version end end
  if not alias.arms then return alias.version end
  for _, field in ipairs(alias.keys or {}) do
    local key = read(field, request)
    if key and key ~= "" then
      if field.kind ~= "query" then key = to_utf8(key) end
      return arm_of(alias.arms, slot_of(alias.hash, hash_of(alias.seed .. key)))
    end
  end
  if alias.missing then return alias.missing end
  return arm_of(alias.arms, floor(request.random() * 10000))
end
`;

/** How hosts of Lua hand over a request, and where the version goes. */
export const LUA_HOSTS: string = String.raw`local M = {}

-- The version that answers a request of the form above.
function M.decide(request) return decide(alias, request) end

-- nginx-lua, OpenResty, Kong, APISIX: set_by_lua_block $canary_version { return canary.nginx() }
function M.nginx()
  local headers = ngx.req.get_headers(0)
  return M.decide({
    method = ngx.req.get_method(),
    target = ngx.var.request_uri,
    lines = function(name)
      local value = headers[name]
      return type(value) == "table" and value or { value }
    end,
    random = math.random,
  })
end

-- HAProxy: lua-load canary.lua, and http-request lua.canary sets txn.canary_version.
if core and core.register_action then
  core.register_action("canary", { "http-req" }, function(txn)
    local headers = txn.http:req_get_headers()
    local version = M.decide({
      method = txn.f:method(),
      target = txn.f:pathq(),
      lines = function(name)
        local lines = {}
        for index, value in pairs(headers[name] or {}) do lines[index + 1] = value end
        return lines
      end,
      random = math.random,
    })
    txn:set_var("txn.canary_version", version)
  end)
end

-- Apache: LuaHookFixups canary.lua canary sets the variable CANARY_VERSION.
function canary(r)
  r.subprocess_env["CANARY_VERSION"] = M.decide({
    method = r.method,
    target = r.unparsed_uri,
    lines = function(name) return { r.headers_in[name] } end,
    random = math.random,
  })
  return apache2 and apache2.DECLINED
end

-- lighttpd: magnet.attract-raw-url-to = ("canary.lua") sets the variable CANARY_VERSION.
if lighty and lighty.r then
  lighty.r.req_env["CANARY_VERSION"] = M.decide({
    method = lighty.r.req_attr["request.method"],
    target = lighty.r.req_attr["request.orig-uri"],
    lines = function(name) return { lighty.r.req_header[name] } end,
    random = math.random,
  })
  return nil
end

return M
`;
