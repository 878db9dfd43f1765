import { asSeenFrom, freeFrom, nextNews } from '../../nodes/limit/leaseTable';
import { closed, INSERTED, LIMITS, row } from './claimScene';

it('rows that came after the own one are no older, where the database’s clock was set back; the others keep their times', () => {
	const rows = [
		row(3, { createdAt: 900 }),
		row(5, { createdAt: 1_000 }),
		row(6, { createdAt: 500 }),
		row(7, { createdAt: 1_100 }),
	];
	const times = (id: number) => asSeenFrom(rows, id).map(({ createdAt }) => createdAt);

	expect(times(5)).toEqual([900, 1_000, 1_000, 1_100]);
	expect(times(99)).toEqual([900, 1_000, 500, 1_100]);
});

it('calls come free in the order of their times, not of their rows', () => {
	const rows = [closed(5, 3_000), closed(5, 1_000), closed(5, 2_000)];
	const freeAfter = (calls: number) => freeFrom(rows, calls, LIMITS.windowMs) - INSERTED;

	expect([1, 5, 6, 11, 16].map(freeAfter)).toEqual([1_000, 1_000, 2_000, 3_000, Infinity]);
});

it('open rows are worth another look at each moment that is still to come', () => {
	const rows = [row(1, { createdAt: 0 }), row(2, { createdAt: 0, state: 'closed' })];
	const news = [0, 29_999, 30_000, 90_092, 300_000].map((now) => nextNews(rows, 300_000, now));

	expect(news).toEqual([30_000, 30_000, 90_092, 300_000, Infinity]);
});
