/** As `engines` of this package has it. */
const oldest = { major: 22, minor: 18 };

/** What to tell whoever runs this in a Node.js that lacks what it needs; `null` in any other. */
export function tooOldText(version: string): string | null {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < oldest.major || (major === oldest.major && minor < oldest.minor);
  return isOld
    ? `signalbox needs Node.js ${oldest.major}.${oldest.minor} or newer; this is ${version}`
    : null;
}
