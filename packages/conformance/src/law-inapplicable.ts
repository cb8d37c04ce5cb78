/** A law says nothing about this subject, as was found only while it was tried. The message says why. */
export class LawInapplicable extends Error {
  override readonly name = "LawInapplicable";
}
