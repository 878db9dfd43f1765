/** What the plan says of addresses that were sent once, twice or not at all. */
import { failed, INVALID, moved, Stage, TOO_MANY } from './planStage';

const LATER = { do: 'later' };
const DONE = { do: 'done' };

it('an address is in doubt where the run ended before a reply that was due, or before its repeat', () => {
	const stage = new Stage(4);
	stage.send(moved());
	stage.send(failed('networkError', { message: 'Cut off.' }));
	stage.sent();
	stage.plan.finish(0);

	expect(stage.outcomes).toEqual(['moved', 'networkError', 'badResponse', undefined]);
	expect([1, 2].map((index) => stage.failureOf(index).doubtful)).toEqual([true, true]);
});

it('an address that Zoho let nobody send was not sent: its repeat is no doubt', () => {
	const stage = new Stage(1);
	stage.send(TOO_MANY);
	stage.plan.finish(0);

	expect(stage.outcomes).toEqual([undefined]);
});

it('under Stop Workflow nothing is sent before all input is read: an item further on may stop it', () => {
	const stage = new Stage(1, { stopAtFailure: true }, undefined, false);
	expect(stage.plan.next(0)).toEqual(LATER);
	stage.plan.close();
	expect(stage.sent()).toBeDefined();
});

it('under Stop Workflow nothing is sent after an address that fails', () => {
	const stage = new Stage(2, { stopAtFailure: true });
	stage.send(INVALID);

	expect(stage.plan.next(0)).toEqual(DONE);
	expect(stage.outcomes).toEqual(['invalidEmail', undefined]);
});

describe('an address that Zoho could not read in the first form', () => {
	const ofAddress = failed('invalidEmail', { code: '2004', message: 'Not valid.' });
	const ofForm = failed('missingField', { code: '903', message: 'Missing.' });

	it('goes again in the other one, and nothing beside it while it is unknown which is right', () => {
		const stage = new Stage(2, { responseFormat: 'json' });
		stage.send(ofAddress);
		expect(stage.sent()).toMatchObject({ address: stage.addresses[0], form: 'unquoted' });
		expect(stage.plan.next(0)).toEqual(LATER);
	});

	it.each([
		[ofAddress, ofForm, 'invalidEmail'],
		[ofForm, ofAddress, 'invalidEmail'],
		[ofForm, failed('noPermission', { message: 'No.' }), 'noPermission'],
	])('is told what Zoho says of it, and not of the form (%#)', (first, second, reason) => {
		const stage = new Stage(1, { responseFormat: 'json' });
		stage.send(first);
		stage.send(second);
		expect(stage.outcomes).toEqual([reason]);
	});
});
