/** Lets work through at once, or keeps it while it is closed. */
export class Gate {
  #kept: (() => void)[] | undefined;

  /** Closes the gate, or opens it: what was kept runs now, in its order. */
  close(on: boolean): void {
    const kept = this.#kept;
    this.#kept = on ? (kept ?? []) : undefined;
    if (!on) for (const work of kept ?? []) work();
  }

  /** How much of it is kept. */
  get kept(): number {
    return this.#kept?.length ?? 0;
  }

  /** Runs work now, or when the gate opens. */
  pass(work: () => void): void {
    if (this.#kept === undefined) work();
    else this.#kept.push(work);
  }
}
