import type { Limit } from '../../fake-zoho';
import type { Arrival, Figures } from './figures';

const SIZE = { width: 720, height: 260, left: 48, top: 44, right: 16, bottom: 40 };
/** Readable on a light page and on a dark one. */
const INK = '#808080';
const COLORS = ['#4c78a8', '#f58518', '#54a24b', '#b279a2'];
const REFUSED = '#e45756';
/** s between two points of a curve. */
const STEP = 0.5;

/** Where things are in the picture: seconds to the right, calls upwards. */
interface Scale {
	x: (seconds: number) => number;
	y: (calls: number) => number;
}

/**
 * How full the window was, as SVG: for each moment the calls of the window that ends there, stacked
 * by worker, below the line of what the server lets pass; refused calls as ticks on the ground.
 */
export function picture({ arrivals }: Figures, limit: Limit): string {
	const { width, height, left, top, right, bottom } = SIZE;
	const span = arrivals.at(-1)?.at ?? 0;
	const scale: Scale = {
		x: (seconds) => round(left + ((width - left - right) * seconds) / span),
		y: (calls) => round(height - bottom - ((height - top - bottom) * calls) / (limit.calls * 1.1)),
	};
	const parts = [
		`<text x="${left}" y="16" font-size="13">Calls in the last ${limit.windowMs / 1000} s</text>`,
		...layers(arrivals, span, limit.windowMs / 1000, scale),
		...axes(span, limit, scale),
		...refusals(arrivals, scale),
	];
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" fill="${INK}">\n${parts.join('\n')}\n</svg>\n`;
}

/** The highest layer first, so that the lower ones lie on top of it. */
function layers(arrivals: Arrival[], span: number, windowS: number, { x, y }: Scale): string[] {
	const workers = [...new Set(arrivals.map(workerOf))].sort();
	const moments = Array.from({ length: Math.ceil(span / STEP) }, (_, index) => index * STEP);
	return workers
		.map((worker, index) => {
			const below = workers.slice(0, index + 1);
			const counted = arrivals.filter((one) => !one.refused && below.includes(workerOf(one)));
			const points = [...moments, span].map((moment) => {
				const inside = counted.filter(({ at }) => at <= moment && at > moment - windowS);
				return `${x(moment)},${y(inside.length)}`;
			});
			const color = COLORS[index % COLORS.length];
			return `<polygon points="${x(0)},${y(0)} ${points.join(' ')} ${x(span)},${y(0)}" fill="${color}"/>
<text x="${SIZE.left + index * 100}" y="34" fill="${color}">${worker}</text>`;
		})
		.reverse();
}

function axes(span: number, { calls, windowMs }: Limit, { x, y }: Scale): string[] {
	const { width, height, left, right, bottom } = SIZE;
	const windows = Math.floor(span / (windowMs / 1000));
	const times = Array.from({ length: windows + 1 }, (_, index) => (index * windowMs) / 1000);
	return [
		`<path d="M${left} ${y(calls)}H${width - right}" stroke="${INK}" stroke-dasharray="4 3"/>`,
		`<text x="${left - 6}" y="${y(calls) + 4}" text-anchor="end">${calls}</text>`,
		`<text x="${left - 6}" y="${y(0) + 4}" text-anchor="end">0</text>`,
		...times.map(
			(time) =>
				`<text x="${x(time)}" y="${height - bottom + 16}" text-anchor="middle">${time}</text>`,
		),
		`<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">seconds</text>`,
	];
}

function refusals(arrivals: Arrival[], { x, y }: Scale): string[] {
	const refused = arrivals.filter((arrival) => arrival.refused);
	if (refused.length === 0) return [];
	return [
		`<text x="${SIZE.width - SIZE.right}" y="34" text-anchor="end" fill="${REFUSED}">refused: ${refused.length}</text>`,
		...refused.map(({ at }) => `<path d="M${x(at)} ${y(0)}v-8" stroke="${REFUSED}"/>`),
	];
}

function workerOf({ worker }: Arrival): string {
	return worker ?? 'others';
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
