/** A table in Markdown, its first column to the left and the others to the right. */
export function markdownTable(
	headings: string[],
	rows: ReadonlyArray<ReadonlyArray<string | number>>,
): string {
	const rule = headings.map((_, column) => (column === 0 ? ':--' : '--:'));
	return [headings, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** `10,000`, `1,234.6`: a number with so many digits after the point. */
export function shown(value: number, digits = 0): string {
	return value.toLocaleString('en-US', {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
	});
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}
