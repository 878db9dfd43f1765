/** Whatever items hold, each comes out, by both nodes, and the good ones are sent. */
import type { IHttpRequestOptions } from 'n8n-workflow';
import { ZohoCampaignsDoNotMail } from '../../nodes/ZohoCampaignsDoNotMail/ZohoCampaignsDoNotMail.node';
import { ZohoCrmUnblockEmail } from '../../nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node';
import { contextOf } from '../support/context';
import { fc } from '../support/fc';

const CONNECTED = {
	dataCenter: 'us',
	services: 'both',
	oauthTokenData: { access_token: 'token' },
};

const throws = (): never => {
	throw new Error('not to be looked at');
};

function nested(depth: number): unknown {
	let value: unknown = '11';
	for (let level = 0; level < depth; level++) value = [value];
	return value;
}

function cyclic(): unknown[] {
	const list: unknown[] = ['12'];
	list.push(list, { list });
	return list;
}

/** What n8n's expressions could hand over, and what no JSON can hold. */
const odd = fc.oneof(
	fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true, withMap: true }),
	fc.constantFrom<() => unknown>(
		() => nested(2_200),
		cyclic,
		() => '9'.repeat(1_000_000),
		() => 'x@'.repeat(100_000),
		() => Array.from({ length: 20_000 }, () => ({})),
		() => Object.defineProperty([], 0, { enumerable: true, get: throws }),
		() => Object.defineProperty({}, 'toJSON', { get: throws }),
		() => new Proxy([], { get: throws, ownKeys: throws, getOwnPropertyDescriptor: throws }),
		() => {
			const { proxy, revoke } = Proxy.revocable({}, {});
			revoke();
			return proxy;
		},
		() => Symbol('11'),
		() => throws,
	),
);

const good = fc.constant('good');

describe.each([
	['zohoCrmUnblockEmail', new ZohoCrmUnblockEmail(), 'recordIds', '4711', 'unblocked'],
	['zohoCampaignsDoNotMail', new ZohoCampaignsDoNotMail(), 'email', 'a@example.com', 'moved'],
] as const)('%s', (_, node, parameter, named, status) => {
	const answer = ({ body }: IHttpRequestOptions): [number, object] => {
		if (status === 'moved') return [200, { code: '0', status: 'success', message: 'Moved.' }];
		const { ids } = JSON.parse(String(body)) as { ids: string[] };
		return [
			200,
			{ data: ids.map((id) => ({ code: 'SUCCESS', details: { id }, message: 'Done' })) },
		];
	};

	it('lets every item out, once or once a record, and none of them throws', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.oneof(odd, good), { minLength: 1, maxLength: 12 }),
				fc.boolean(),
				async (values, throwsToo) => {
					const items = values.map((_, index) => ({ index }));
					const read = ({ index }: { index?: number }) => {
						const value = values[index!];
						if (value === 'good') return named;
						if (throwsToo && index! % 3 === 0) throw value;
						return typeof value === 'function' ? (value as () => unknown)() : value;
					};
					const { context } = contextOf({
						items,
						parameters: {
							recordsFrom: 'ids',
							module: 'Leads',
							unblockFields: ['Email'],
							[parameter]: read,
						},
						credential: CONNECTED,
						answer,
					});
					const [output = []] = (await node.execute.call(context)) as Array<
						Array<{ json: { status?: string; error?: object }; pairedItem: { item: number } }>
					>;

					expect([...new Set(output.map(({ pairedItem }) => pairedItem.item))]).toEqual(
						items.map(({ index }) => index),
					);
					for (const { json, pairedItem } of output) {
						if (values[pairedItem.item] === 'good') expect(json.status).toBe(status);
						if (parameter === 'email') expect(output).toHaveLength(items.length);
					}
				},
			),
			{ numRuns: 150 },
		);
	});
});
