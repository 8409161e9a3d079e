/** Text to values, and complaints about them. */
export {
  atMost,
  type Checked,
  type Code,
  codesIn,
  type CodesOf,
  ConfigError,
  type Diagnostic,
  DOCUMENT_CODES,
  format,
  keysOf,
  type Pointer,
  pointer,
  type Position,
  type Severity,
  sound,
} from "./diagnostic.ts";
export {
  bounded,
  DOCUMENT_BUDGETS,
  type DocumentBudgets,
  each,
  entries,
  fail,
  type Input,
  isAbsent,
  isList,
  isObject,
  list,
  type Most,
  number,
  optional,
  overBudget,
  pointerTo,
  type Reading,
  readInput,
  record,
  type RefusedKeys,
  string,
  suggestion,
  warn,
  word,
  words,
} from "./input.ts";
export { numberAt, readText, type Text } from "./json.ts";
export { nearest } from "./nearest.ts";
export { adopt, readPlain } from "./plain.ts";
export { quote } from "./quote.ts";
export { duration, formatCount, formatInterval, formatPercent, jsonOf, plural, shown, visible } from "./show.ts";
export { isJson, isWellFormed, lowerAscii } from "./text.ts";
