/** What the machine has left. */
export interface ResourceProbe {
  /** Free memory in MiB that a new process could take; `null` where it cannot be told. */
  freeMemoryMb(): number | null;
}
