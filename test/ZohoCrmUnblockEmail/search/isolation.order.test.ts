/** What is sent next while batches are being split: too soon costs calls, too late costs time. */
import { Isolation } from '../../../nodes/ZohoCrmUnblockEmail/search/isolation';
import { isolationOf, sizingOf } from './isolationWorld';

const idsOf = (isolation: Isolation<string>) => isolation.draw()?.ids.join('');

describe('a list that is still being read', () => {
	it('is sent as soon as a batch is full', () => {
		const isolation = new Isolation<string>(sizingOf(2));
		isolation.add('a');
		isolation.add('b');

		expect(idsOf(isolation)).toBe('ab');
	});
});

describe('records of a failed batch that were not needed to find its bad one', () => {
	it('wait while the batch is still being split', () => {
		const isolation = isolationOf([...'abcdefghijklmnop'], sizingOf(16));
		isolation.failed(isolation.draw()!, 'no');
		isolation.failed(isolation.draw()!, 'no');
		expect(idsOf(isolation)).toBeDefined();

		expect(idsOf(isolation)).toBeUndefined();
	});

	it('do not wait for calls that tell nothing of them', () => {
		const isolation = isolationOf([...'abcd'], sizingOf(2));
		expect(idsOf(isolation)).toBe('ab');
		isolation.failed(isolation.draw()!, 'no');
		const part = isolation.draw()!;
		expect(part.ids).toEqual(['c']);
		isolation.failed(part, 'no');

		expect(idsOf(isolation)).toBe('d');
	});

	it('do not wait for another batch either, where there are three calls of them or more', () => {
		/** One record a call is best; the first one of each batch has failed, or is under way. */
		const nextAfter = (batch: string) => {
			const sizing = sizingOf(8);
			const isolation = isolationOf([...`abcdefgh${batch}`], sizing);
			const batches = [isolation.draw()!, isolation.draw()!];
			for (let i = 0; i < 20; i++) sizing.share.learn(false, 1, Infinity);
			for (const one of batches) isolation.failed(one, 'no');
			const first = isolation.draw()!;
			expect(first.ids).toEqual(['i']);
			expect(idsOf(isolation)).toBe('a');
			isolation.failed(first, 'no');
			return idsOf(isolation);
		};

		expect(['ijk', 'ijkl', 'ijklmnop'].map(nextAfter)).toEqual([undefined, 'l', 'p']);
	});
});
