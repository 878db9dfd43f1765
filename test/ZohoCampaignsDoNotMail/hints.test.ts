import { runInNewContext } from 'node:vm';
import type { IDataObject } from 'n8n-workflow';
import { HINTS } from '../../nodes/ZohoCampaignsDoNotMail/hints';

/** The hints that show for so many items; the conditions are plain JavaScript. */
const shownFor = (items: number, options: IDataObject = {}, previewOnly: unknown = false) =>
	HINTS.filter(({ displayCondition = '' }) => {
		const [, condition = ''] = /^=\{\{(.*)\}\}$/.exec(displayCondition) ?? [];
		return runInNewContext(condition, {
			$input: { all: () => ({ length: items }) },
			$parameter: { options, previewOnly },
		}) as boolean;
	}).map(({ message }) => /goes on: (.+) in all/.exec(message)?.[1]);

describe('what the panel says of the waits of a list', () => {
	it('is nothing where one window has room for all', () => {
		expect(shownFor(1)).toEqual([]);
		expect(shownFor(490)).toEqual([]);
		expect(shownFor(1500, { callsPerWindow: 1500 })).toEqual([]);
	});

	it.each([
		[491, {}, 'about 5 minutes'],
		[1960, { windowMinutes: 0.5 }, 'about a minute and a half'],
		[2000, { windowMinutes: 0.5 }, 'about 2 minutes'],
		[491, { windowMinutes: 0.1 }, 'about half a minute'],
		[1500, {}, 'about 15 minutes'],
		[10_000, {}, 'about 2 hours'],
		[200_000, {}, 'more than a day'],
		[1500, { callsPerWindow: 160 }, 'about 45 minutes'],
		[1000, { callsPerWindow: 500, windowMinutes: 0.5 }, 'about half a minute'],
	])('says how long %d addresses take with %j', (items, options, words) => {
		expect(shownFor(items, options)).toEqual([words]);
	});

	it('is nothing where the node does not wait', () => {
		expect(shownFor(10_000, { whenLimitReached: 'error' })).toEqual([]);
	});

	it('is nothing where the run is a preview', () => {
		expect(shownFor(10_000, {}, true)).toEqual([]);
		expect(shownFor(10_000, {}, undefined)).toEqual(['about 2 hours']);
	});

	it('is information beside the output, and gone once the run is over', () => {
		const shown = { type: 'info', location: 'outputPane', whenToDisplay: 'beforeExecution' };
		for (const hint of HINTS) expect(hint).toMatchObject(shown);
	});
});
