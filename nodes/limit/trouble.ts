/** A table that fails, and how long it is left alone after that. Pure; times are ms. */

/** The first pause; it doubles with each failure in a row, up to the longest. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** So many failures in a row are passing ones, of which nobody need hear. */
const TOLERATED_FAILURES = 2;

export class Trouble {
	/** The table is left alone until then. */
	until = -Infinity;
	private failures = 0;

	/** @param random a number in [0, 1) */
	failed(now: number, random: number): void {
		const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
		this.failures++;
		this.until = now + longest * (0.5 + random / 2);
	}

	answered(): void {
		this.failures = 0;
	}

	/** Whether the last trip failed. */
	get isOn(): boolean {
		return this.failures > 0;
	}

	/** Whether it is worth telling anybody. */
	get isSerious(): boolean {
		return this.failures > TOLERATED_FAILURES;
	}
}
