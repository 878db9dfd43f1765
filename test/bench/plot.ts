/** A line of a panel: one value for each place on the panel's x axis. */
export interface Line {
	name: string;
	color: string;
	values: readonly number[];
}

export interface Panel {
	title: string;
	lines: readonly Line[];
}

const PANEL = { width: 360, height: 240, left: 52, top: 40, right: 24, bottom: 44 };
/** Readable on a light page and on a dark one. */
const INK = '#808080';

/**
 * Panels side by side, as SVG. The x axis, which they share, is logarithmic; the y axes start at 0.
 *
 * @param xs ascending, above 0
 */
export function plot(xs: readonly number[], xTitle: string, panels: readonly Panel[]): string {
	const width = PANEL.width * panels.length;
	const drawn = panels.map((panel, index) => {
		return `<g transform="translate(${index * PANEL.width} 0)">\n${panelOf(xs, xTitle, panel)}\n</g>`;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${PANEL.height}" width="${width}" height="${PANEL.height}" font-family="sans-serif" font-size="11" fill="${INK}">\n${drawn.join('\n')}\n</svg>\n`;
}

function panelOf(xs: readonly number[], xTitle: string, { title, lines }: Panel): string {
	const { left, top, right, bottom } = PANEL;
	const end = PANEL.width - right;
	const ground = PANEL.height - bottom;
	const [first = 1, last = 1] = [xs[0], xs.at(-1)];
	const x = (value: number) =>
		round(left + ((end - left) * Math.log(value / first)) / Math.log(last / first));
	const step = niceStep(Math.max(...lines.flatMap(({ values }) => values)) / 4);
	const most = step * Math.ceil(Math.max(...lines.flatMap(({ values }) => values)) / step);
	const y = (value: number) => round(ground - ((ground - top) * value) / most);

	const parts = [`<text x="${left}" y="16" font-size="13">${title}</text>`];
	for (let value = 0; value <= most; value += step) {
		parts.push(
			`<path d="M${left} ${y(value)}H${end}" stroke="${INK}" stroke-opacity="0.3"/>`,
			`<text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${value.toLocaleString('en-US')}</text>`,
		);
	}
	for (const value of xs.filter((value) => Number.isInteger(Math.log10(value)) || value === last)) {
		parts.push(
			`<text x="${x(value)}" y="${ground + 16}" text-anchor="middle">${value.toLocaleString('en-US', { notation: 'compact' })}</text>`,
		);
	}
	parts.push(
		`<text x="${(left + end) / 2}" y="${ground + 34}" text-anchor="middle">${xTitle}</text>`,
	);
	lines.forEach(({ name, color, values }, index) => {
		const points = values.map((value, i) => `${x(xs[i] ?? first)},${y(value)}`);
		parts.push(
			`<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="2"/>`,
			...points.map((point) => {
				const [cx, cy] = point.split(',');
				return `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${color}"/>`;
			}),
			`<text x="${left + index * 130}" y="32" fill="${color}">${name}</text>`,
		);
	});
	return parts.join('\n');
}

/** 1, 2 or 5 times a power of ten: the least that is not below `least`. */
function niceStep(least: number): number {
	const power = 10 ** Math.floor(Math.log10(least));
	return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? least;
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
