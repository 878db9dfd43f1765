import { WaitingList } from '../../nodes/run/waiting';
import { fc } from '../support/fc';

describe('what waits', () => {
	it('comes out once it is due, the earliest first', () => {
		const list = new WaitingList<string>();
		list.add('late', 30);
		list.add('early', 10);

		expect(list.firstAt).toBe(10);
		expect(list.takeDue(9)).toBeUndefined();
		expect(list.takeDue(10)).toBe('early');
		expect(list.takeDue(10)).toBeUndefined();
		expect(list.takeDue(99)).toBe('late');
		expect(list.takeDue(99)).toBeUndefined();
		expect(list.firstAt).toBeUndefined();
	});

	it('is counted, and can be given up all at once', () => {
		const list = new WaitingList<string>();
		list.add('b', 2);
		list.add('a', 1);
		expect(list.size).toBe(2);

		expect(list.clear()).toEqual(['a', 'b']);
		expect(list.size).toBe(0);
		expect(list.takeDue(9)).toBeUndefined();
	});

	it('for the same moment comes in the order in which it was added', () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom(-Infinity, 0, 1, 2, 3)), (moments) => {
				const list = new WaitingList<number>();
				moments.forEach((from, index) => list.add(index, from));

				const wanted = moments.map((_, i) => i).sort((a, b) => moments[a]! - moments[b]! || a - b);
				expect(moments.map(() => list.takeDue(3))).toEqual(wanted);
			}),
		);
	});
});
