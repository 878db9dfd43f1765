/** What comes out of an item that named a custom view: its records with their addresses, or what became of it. */
import { RecordList } from '../../nodes/ZohoCrmUnblockEmail/records';
import { resultsOf } from '../../nodes/ZohoCrmUnblockEmail/results';
import type { View } from '../../nodes/ZohoCrmUnblockEmail/view/plan';
import { failure, unsent } from '../../nodes/zoho/failures';
import { HandPlayed, refusal, told } from './planByHand';

const both = ['Email', 'Secondary_Email'];
const named = { module: 'Leads', unblockFields: both };
const WHY = failure('networkError', { message: 'gone' });

/** The results of an item that named view 87, of which these things are known. */
function resultsAfter(view: Partial<View>, answer = told('a')) {
	const played = new HandPlayed('');
	const { groups } = played;
	const list = new RecordList((group, id) => played.plan.add(group, id), groups);
	const read = { module: 'Leads', id: '87', records: [], isRead: true, ...view };
	list.addView({ item: 3, group: groups.of(named), id: '87', limit: Infinity, view: read });
	played.plan.close();
	if (read.records.length > 0) played.play(answer);
	return [...resultsOf(list.named, unsent())];
}

const record = { id: 'a', email: 'a@example.com', secondaryEmail: null };

it('a record that was unblocked shows its addresses, module and fields', () => {
	expect(resultsAfter({ records: [record] })).toEqual([
		{
			item: 3,
			success: {
				id: 'a',
				status: 'unblocked',
				message: 'Done',
				module: 'Leads',
				fields: ['Email', 'Secondary_Email'],
				code: 'SUCCESS',
				email: 'a@example.com',
				secondaryEmail: null,
			},
		},
	]);
});

it('a record that failed shows them, too', () => {
	const dead = refusal('NOT_ALLOWED', 'blocked permanently');

	expect(resultsAfter({ records: [record] }, dead)).toEqual([
		{
			item: 3,
			subject: {
				id: 'a',
				module: 'Leads',
				fields: both,
				email: 'a@example.com',
				secondaryEmail: null,
			},
			failure: expect.objectContaining({ reason: 'permanentlyBlocked' }) as object,
		},
	]);
});

it('a view that could not be read is a failure of its own, by its name', () => {
	const subject = { customView: '87', module: 'Leads', fields: both };

	expect(resultsAfter({ isRead: false, failure: WHY })).toEqual([
		{ item: 3, subject, name: 'Custom view', failure: WHY },
	]);
});

it('a view that was not got to counts as not attempted', () => {
	expect(resultsAfter({ isRead: false })).toEqual([
		{
			item: 3,
			subject: { customView: '87', module: 'Leads', fields: both },
			name: 'Custom view',
			failure: unsent(),
			notAttempted: true,
		},
	]);
});
