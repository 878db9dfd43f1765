/** Numbers, times and errors for a person to read. */

/** `1 call`, `2 calls`, `10,000 records`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
	return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}

/** What an error says; anything can be thrown, and some of it cannot even be looked at. */
export function messageOf(error: unknown): string {
	try {
		return String(error instanceof Error ? error.message : error);
	} catch {
		return 'something that cannot be shown';
	}
}

/** A time, to the nearest second: `12 s`, `30 min`, `4 min 12 s`; below one to its tenth: `0.4 s`. */
export function inWords(ms: number): string {
	if (ms < 950) return `${Number((ms / 1000).toFixed(1))} s`;
	const seconds = Math.round(ms / 1000);
	const minutes = Math.floor(seconds / 60);
	const parts = [minutes > 0 && `${minutes} min`, seconds % 60 > 0 && `${seconds % 60} s`];
	return parts.filter(Boolean).join(' ');
}

/** More parts of a value than this nobody reads in a message; one may hold itself, or another one twice. */
const MOST_PARTS = 1000;

const tooMuch = (): never => {
	throw new RangeError('too much to show');
};

/** What an expression yielded, for a message: as JSON, or by its type where JSON cannot hold it. */
export function shown(value: unknown): string {
	if (value === undefined || value === null) return '';
	let left = MOST_PARTS;
	try {
		const json = JSON.stringify(value, (_, part: unknown) => (left-- > 0 ? part : tooMuch()));
		return (json ?? typeof value).slice(0, 100);
	} catch {
		return typeof value;
	}
}
