/** The text with its ASCII letters in lower case, and no others: `toLowerCase` makes a `k` of the Kelvin sign. */
export function lowerAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}
