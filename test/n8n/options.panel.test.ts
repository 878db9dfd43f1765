import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { readOptions } from '../../nodes/n8n/parameters';
import {
	choicesOf,
	crmNode,
	descriptions,
	fieldsOf,
	marked,
	optionsOf,
	panels,
	resolved,
	shown,
} from '../support/panels';

/** The kinds of fields that these panels have, as n8n calls them: what is none of them is not drawn. */
const KINDS = [
	'string',
	'number',
	'boolean',
	'options',
	'multiOptions',
	'resourceLocator',
	'collection',
	'notice',
	'hidden',
];

/** All texts of a panel, with their places; not what its fields hold. */
function textsIn(value: unknown, place = ''): Array<[string, string]> {
	if (typeof value === 'string') return [[place, value]];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) =>
		key === 'default' ? [] : textsIn(inner, `${place}/${key}`),
	);
}

describe.each(panels)('the panel of %s', (_, panel) => {
	const fields = fieldsOf(panel);

	it('has no text that is empty: no nameless field or choice, no bare tooltip', () => {
		expect(textsIn(panel).filter(([, text]) => text.trim() === '')).toEqual([]);
	});

	it('has a label, a name and a kind that n8n can draw for every field', () => {
		for (const { displayName, name, type } of fields) {
			expect({ displayName, name }).toEqual({
				displayName: expect.any(String),
				name: expect.stringMatching(/^\w+$/),
			});
			expect(KINDS).toContain(type);
		}
	});

	it('says beside every field that a person fills in what it is for', () => {
		const silent = fields
			.filter(({ type }) => !['collection', 'notice', 'hidden'].includes(type))
			.filter(({ description, hint }) => description === undefined && hint === undefined);

		expect(silent).toEqual([]);
	});

	it('has labels for all choices, no two alike, and begins with one of them', () => {
		for (const field of fields.filter(({ type }) => /options/i.test(type))) {
			const choices = choicesOf(field);
			expect(choices.length).toBeGreaterThan(1);
			for (const { name } of choices) expect(name).toEqual(expect.any(String));
			const values = choices.map(({ value }) => value);
			expect(new Set(values).size).toBe(values.length);
			expect(values).toEqual(expect.arrayContaining([field.default].flat()));
			expect([field.default].flat()).not.toEqual([]);
		}
	});
});

describe('a list to choose from', () => {
	const locators = crmNode.description.properties.filter(({ type }) => type === 'resourceLocator');

	it.each(locators)('of $displayName can be searched, or left for what one knows', (field) => {
		const [list, byHand] = field.modes ?? [];
		const search = list?.typeOptions?.searchListMethod as keyof typeof crmNode.methods.listSearch;

		expect(list).toMatchObject({ name: 'list', type: 'list', typeOptions: { searchable: true } });
		expect(crmNode.methods.listSearch[search]).toEqual(expect.any(Function));
		expect(byHand).toMatchObject({
			type: 'string',
			placeholder: expect.stringMatching(/^e\.g\. /),
		});
		expect(byHand?.hint).toEqual(expect.any(String));
		expect(field.default).toEqual({ mode: 'list', value: expect.any(String) });
	});

	it('is there for modules and for custom views', () => {
		expect(locators.map(({ name }) => name)).toEqual(['module', 'customView']);
	});
});

describe('an option', () => {
	const numbers = descriptions.flatMap(optionsOf).filter(({ type }) => type === 'number');

	const complaintOf = (option: INodeProperties, value: number) => {
		const context = { getNodeParameter: () => ({ [option.name]: value }) };
		return readOptions(context as unknown as IExecuteFunctions, [option]).problem?.message;
	};

	it.each(numbers)('$displayName takes its default, and no number below nothing', (option) => {
		expect(complaintOf(option, option.default as number)).toBeUndefined();
		expect(complaintOf(option, -1)).toContain(`"${option.displayName}" takes`);
	});

	it('that counts calls or records takes no half of one', () => {
		const counts = numbers.filter(({ name }) => /^(max|batchSize|calls)/.test(name));

		expect(counts.map(({ name }) => name)).toHaveLength(6);
		for (const option of counts) expect(complaintOf(option, 1.5)).toContain('a whole number');
	});
});

describe('what the panel shows', () => {
	const [crm, campaigns] = descriptions as [(typeof descriptions)[0], (typeof descriptions)[0]];
	const asTool = (description: typeof crm) => ({ ...description, name: `${description.name}Tool` });

	it('of records by ID is the field for their IDs, and nothing of a view', () => {
		const fields = [
			'notice',
			'module',
			'recordsFrom',
			'recordIds',
			'unblockFields',
			'previewOnly',
			'options',
		];

		expect(shown(crm, { recordsFrom: 'ids' }, crm)).toEqual(fields);
	});

	it('of records in a custom view is the list of views, and no field for IDs', () => {
		const whole = [
			'notice',
			'module',
			'recordsFrom',
			'customView',
			'returnAll',
			'unblockFields',
			'previewOnly',
			'options',
		];
		const cut = whole.flatMap((name) => (name === 'returnAll' ? [name, 'limit'] : [name]));
		const values = { recordsFrom: 'customView' };

		expect(shown(crm, { ...values, returnAll: true }, crm)).toEqual(whole);
		expect(shown(crm, { ...values, returnAll: false }, crm)).toEqual(cut);
		expect(shown(crm, { ...values, returnAll: '={{ $json.all }}' }, crm)).toEqual(cut);
	});

	it.each(['ids', 'customView'])('of a tool is what an agent fills in, also after %s', (from) => {
		const fields = ['toolDescription', 'module', 'recordIds', 'unblockFields', 'options'];

		expect(shown(crm, { recordsFrom: from }, asTool(crm))).toEqual(fields);
	});

	it('of the Do-Not-Mail node is the address, with a description where it is a tool', () => {
		expect(shown(campaigns, { addressesFrom: 'address' }, campaigns)).toEqual([
			'notice',
			'addressesFrom',
			'email',
			'previewOnly',
			'options',
		]);
		for (const addressesFrom of ['address', 'campaigns']) {
			expect(shown(campaigns, { addressesFrom }, asTool(campaigns))).toEqual([
				'toolDescription',
				'email',
				'options',
			]);
		}
	});

	it('of recipients of campaigns is which campaigns, and whom of them, and no field for an address', () => {
		const of = (values: object) =>
			shown(campaigns, { addressesFrom: 'campaigns', returnAll: true, ...values }, campaigns);
		const fields = (which: string) => [
			'notice',
			'addressesFrom',
			'campaigns',
			which,
			'recipients',
			'returnAll',
			'previewOnly',
			'options',
		];

		expect(of({ campaigns: 'recent' })).toEqual(fields('sentWithinDays'));
		expect(of({ campaigns: 'one' })).toEqual(fields('campaign'));
		expect(of({ campaigns: 'one', returnAll: false })).toContain('limit');
	});

	it.each(descriptions)(
		'of $displayName begins with one sentence: that it is final, and for whom',
		(one) => {
			const [first] = shown(one, {}, one);
			const { displayName } = one.properties.find(({ name }) => name === first)!;

			expect(displayName).toMatch(/^This is final for each (record|person) [^.]*\.$/);
			expect(shown(one, {}, asTool(one))).not.toContain(first);
		},
	);

	it('marks what nothing can be sent without, where it is empty', () => {
		const empty = { mode: 'list', value: '', __rl: true };
		const values = { module: empty, customView: empty, unblockFields: [], recordIds: '' };

		const ofIds = marked(crm, { ...values, recordsFrom: 'ids' });
		expect(ofIds).toEqual(['module', 'recordIds', 'unblockFields']);
		const ofView = marked(crm, { ...values, recordsFrom: 'customView' });
		expect(ofView).toEqual(['module', 'customView', 'unblockFields']);
		const address = { addressesFrom: 'address', email: '' };
		expect(marked(campaigns, address)).toEqual(['email']);
		const ofOne = { addressesFrom: 'campaigns', campaigns: 'one', campaign: empty, recipients: [] };
		expect(marked(campaigns, ofOne)).toEqual(['campaign', 'recipients']);
	});

	it('has room for a pasted column of IDs, and for the whole description of a tool', () => {
		const long = descriptions.flatMap(fieldsOf).filter(({ typeOptions }) => typeOptions?.rows);

		expect(new Set(long.map(({ name }) => name))).toEqual(
			new Set(['toolDescription', 'recordIds']),
		);
		for (const { typeOptions } of long) expect(typeOptions!.rows).toBeGreaterThan(1);
	});

	it('depends on no expression, which n8n could not resolve before there are items', () => {
		const asked = crm.properties.find(({ name }) => name === 'recordsFrom');

		expect(asked?.noDataExpression).toBe(true);
	});

	it('under the name of the node says what it does to what', () => {
		const $parameter = { module: 'Leads', unblockFields: ['Email', 'Secondary_Email'] };

		expect(resolved(crm.subtitle, { $parameter })).toBe('Leads: Email, Secondary Email');
		expect(campaigns.subtitle).toBe('Move to Do-Not-Mail');
	});
});
