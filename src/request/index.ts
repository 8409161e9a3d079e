/** What a request is: fields, readers, and the texts that fields stand in. */
export { cookieEnd, cookieIs, cookieNames, cookieStart } from "./cookie.ts";
export { fetchReader, type FetchRequest } from "./fetch.ts";
export {
  accessOf,
  ANY_FIELD,
  costOf,
  type Field,
  fieldFromText,
  fieldName,
  fieldOf,
  type FieldSyntax,
  isField,
  isPossible,
  readFieldConfig,
  readParam,
  readRuleType,
  type RuleType,
  sourceName,
  textOf,
  valueIn,
} from "./field.ts";
export { nodeReader } from "./node.ts";
export { isPlain, queryDecoded, queryEnd, queryNames, queryStart } from "./query.ts";
export { isSingle, rawReader, type RawRequest } from "./raw.ts";
export type { Access, NodeRequest, Reader } from "./request.ts";
export { pathEnd, pathStart } from "./target.ts";
export { isNothing, type LooseParts, readRequest, REQUEST_KEYS, requestOf, textIn } from "./record.ts";
export { type HeadersLike, type RequestParts, toRequest } from "./to-request.ts";
export { joined } from "./value.ts";
