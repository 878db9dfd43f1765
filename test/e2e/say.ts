/** Tells the log what is being done, so that a reader sees more than "ok". */
export function say(what: string): void {
	process.stdout.write(`    · ${what}\n`);
}
