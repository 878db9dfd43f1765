import { Groups, type Group } from '../../nodes/ZohoCrmUnblockEmail/groups';
import { RecordList, type Input } from '../../nodes/ZohoCrmUnblockEmail/records';

/** An item that names records of Leads. */
export const leads = (recordIds: unknown): Input => ({
	recordIds,
	module: 'Leads',
	unblockFields: ['Email'],
});

const SETTINGS = { batchSize: 500, alreadyUnblocked: 'success' } as const;

/** What these items name, and the records of them that are to be sent, group by group. */
export function collect(inputs: Input[]) {
	const groups: Array<{ group: Group; ids: string[] }> = [];
	const list = new RecordList((group, id) => {
		const known = groups.find((one) => one.group === group);
		if (known) known.ids.push(id);
		else groups.push({ group, ids: [id] });
	}, new Groups(SETTINGS));
	inputs.forEach((input, item) => list.add(item, input));
	const sent = groups.map(({ group: { module, fields }, ids }) => ({ module, fields, ids }));
	const { named, duplicates, hasBadInput } = list;
	return { groups: sent, named, duplicates, hasBadInput };
}
