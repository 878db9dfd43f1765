import type { IDataObject } from 'n8n-workflow';
import { failure, recordIds, useStage } from '../support/stage';

const stage = useStage();

const unblock = async (id: string, options: IDataObject = {}) =>
	await stage.run('zohoCrmUnblockEmail', [{ id }], { options: { maxRetries: 0, ...options } });

const calls = () => stage.zoho.calls('unblock');

describe('a call that waits behind the first one with a new token', () => {
	it('is never sent once it has taken too long: its item has failed already', async () => {
		const [first = '', second = '', third = ''] = recordIds(3);
		stage.zoho.fault({ kind: 'unblock', hang: true });
		const waitedFor = unblock(first);
		while (calls().length === 0) await new Promise(setImmediate);
		const { errors } = await unblock(second, { timeout: 100 });
		expect(failure(errors[0])).toMatchObject({ reason: 'networkError', code: 'ETIMEDOUT' });

		// Cuts the first call off, and so ends the wait. What went out then would come before the third.
		stage.zoho.reset();
		await waitedFor;
		stage.connect();
		await unblock(third);

		expect(calls().map(({ ids }) => ids)).toEqual([[third]]);
	});
});
