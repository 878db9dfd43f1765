/** A column of a table: as wide as its longest cell, or `width` characters, in which it is wrapped. */
export interface Column {
	heading: string;
	width?: number;
	right?: boolean;
}

/** A table for a terminal, its cells wrapped between words; ends with a line break. */
export function table(
	columns: Column[],
	rows: ReadonlyArray<ReadonlyArray<string | number>>,
): string {
	const lines = [columns.map(({ heading }) => heading), ...rows].map((row) =>
		row.map((cell, i) => wrap(String(cell), columns[i]?.width ?? Infinity)),
	);
	const widths = columns.map((_, i) =>
		Math.max(...lines.flatMap((cells) => (cells[i] ?? []).map(({ length }) => length))),
	);
	const printed = lines.map((cells) => {
		const height = Math.max(...cells.map(({ length }) => length));
		return Array.from({ length: height }, (_, line) =>
			cells
				.map((cell, i) => {
					const text = cell[line] ?? '';
					const width = widths[i] ?? 0;
					return columns[i]?.right ? text.padStart(width) : text.padEnd(width);
				})
				.join('  ')
				.trimEnd(),
		).join('\n');
	});
	const rule = widths.map((width) => '─'.repeat(width)).join('  ');
	return [printed[0], rule, ...printed.slice(1), ''].join('\n');
}

function wrap(text: string, width: number): string[] {
	const lines = [''];
	for (const word of text.split(' ')) {
		const last = lines.at(-1) ?? '';
		if (last === '') lines[lines.length - 1] = word;
		else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
		else lines.push(word);
	}
	return lines;
}
