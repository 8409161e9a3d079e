/** The text with its ASCII letters in lower case, and no others: `toLowerCase` makes a `k` of the Kelvin sign. */
export function lowerAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}

/** Whether a text has no half of a surrogate pair, so that UTF-8 can hold it. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Whether a text is JSON, by the ending of its name, or by its first letter where that says nothing; otherwise it is YAML. */
export function isJson(name: string, text: string): boolean {
  if (/\.ya?ml$/i.test(name)) return false;
  return /\.json$/i.test(name) || /^\s*[[{]/.test(text);
}
