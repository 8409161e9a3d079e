/** Whether a unit of text is a digit of ASCII. */
export function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}
