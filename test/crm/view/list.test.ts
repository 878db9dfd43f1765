import { failure } from '../../../nodes/zoho/failures';
import { Groups, type Group } from '../../../nodes/ZohoCrmUnblockEmail/groups';
import { RecordList } from '../../../nodes/ZohoCrmUnblockEmail/records';
import { ViewList, type ViewInput } from '../../../nodes/ZohoCrmUnblockEmail/view/list';
import type { View } from '../../../nodes/ZohoCrmUnblockEmail/view/plan';

const record = (id: string) => ({ id, email: `${id}@example.com`, secondaryEmail: null });

/** What items come to that name these views of Leads, where the views are as told. */
function collect(
	named: unknown[],
	told: Record<string, Partial<View>> = {},
	more: Partial<ViewInput> = {},
) {
	const groups = new Groups({ batchSize: 500, alreadyUnblocked: 'success' });
	const asked: string[] = [];
	const views = new ViewList(groups, {
		view: (module, id) => {
			asked.push(`${module} ${id}`);
			return { module, id, records: [], isRead: true, ...told[id] };
		},
	});
	const sent: Array<[Group, string]> = [];
	const records = new RecordList((group, id) => sent.push([group, id]), groups);
	named.forEach((customView, item) =>
		views.add(item, {
			customView,
			module: 'Leads',
			unblockFields: ['Email'],
			limit: Infinity,
			...more,
		}),
	);
	for (const view of views.named) records.addView(view);
	return {
		asked,
		hasBadInput: [views.hasBadInput, records.hasBadInput],
		sent: sent.map(([, id]) => id),
		duplicates: records.duplicates,
		reasons: records.named.map(({ failure }) => failure?.reason),
		resolutions: records.named.map(({ failure }) => failure?.resolution),
		named: records.named.map(({ item, id, customView, shownAs, failure }) => [
			item,
			customView === undefined ? id : `view ${customView}`,
			shownAs?.email ?? failure?.message,
		]),
	};
}

describe('the views that items name', () => {
	it('are read, and their records sent once, each a result of its item', () => {
		const views = {
			'1': { records: ['a', 'b'].map(record) },
			'2': { records: ['b', 'c'].map(record) },
		};

		expect(collect(['1', ' 2 '], views)).toMatchObject({
			asked: ['Leads 1', 'Leads 2'],
			hasBadInput: [false, false],
			sent: ['a', 'b', 'c'],
			duplicates: 1,
			named: [
				[0, 'a', 'a@example.com'],
				[0, 'b', 'b@example.com'],
				[1, 'b', 'b@example.com'],
				[1, 'c', 'c@example.com'],
			],
		});
	});

	it('may be named by a number that keeps its digits', () => {
		expect(collect([87501]).asked).toEqual(['Leads 87501']);
	});

	it.each([
		['', 'No custom view is chosen.'],
		[undefined, 'No custom view is chosen.'],
		[null, 'No custom view is chosen.'],
		['All Leads', 'All Leads is not the ID of a custom view.'],
		['1&cvid=2', '1&cvid=2 is not the ID of a custom view.'],
		[{ a: 1 }, '{"a":1} is not the ID of a custom view.'],
		[
			2 ** 61,
			'The ID of the custom view 2305843009213694000 arrived as a number, and numbers of this size lose digits.',
		],
	])('are asked for no more where the name can be none: %j', (name, message) => {
		const { asked, named, hasBadInput, reasons } = collect([name]);

		expect(asked).toEqual([]);
		expect(named).toEqual([[0, expect.stringMatching(/^view/), message]]);
		expect(hasBadInput).toEqual([true, true]);
		expect(reasons).toEqual(['invalidRequest']);
	});

	it('say what to do where the name can be none', () => {
		const [lost, none] = collect([2 ** 61, 'All Leads']).resolutions;

		expect(lost).toBe('Keep it as text from its source on.');
		expect(none).toContain('Choose the view from the list');
	});

	it('are not read where an expression could not be resolved, and say so', () => {
		const why = failure('invalidRequest', { message: 'no such field' });
		const { asked, named } = collect(['1'], {}, { failure: why });

		expect(asked).toEqual([]);
		expect(named).toEqual([[0, 'view 1', 'no such field']]);
	});

	it('are not read where the module can be none', () => {
		expect(collect(['1'], {}, { module: 'Sales Orders' }).asked).toEqual([]);
	});

	it('come out once each where they could not be read, or were not', () => {
		const why = failure('networkError', { message: 'gone' });
		const views = { '1': { isRead: false, failure: why }, '2': { isRead: false } };

		const { named, hasBadInput } = collect(['1', '2'], views);

		expect(named).toEqual([
			[0, 'view 1', 'gone'],
			[1, 'view 2', undefined],
		]);
		expect(hasBadInput).toEqual([false, true]);
	});

	it('come out once more where Zoho did not hand out all of it, and that is no bad input', () => {
		const cutOff = failure('notAttempted', { message: 'more' });

		const { named, sent, hasBadInput } = collect(['1'], {
			'1': { records: [record('a')], cutOff },
		});

		expect(named).toEqual([
			[0, 'a', 'a@example.com'],
			[0, 'view 1', 'more'],
		]);
		expect(sent).toEqual(['a']);
		expect(hasBadInput).toEqual([false, false]);
	});

	it('are none where a view is empty', () => {
		expect(collect(['1']).named).toEqual([]);
	});
});
