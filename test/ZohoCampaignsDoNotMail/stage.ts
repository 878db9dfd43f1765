/** What the tests of the Campaigns node in n8n's engine have in common. */
import type { IDataObject } from 'n8n-workflow';
import { useStage, type RunSettings, type Stage } from '../support/stage';

export const ANNA = 'anna@example.com';
export const BOB = 'bob@example.com';
export const CARL = 'carl@example.com';

export const MOVED = {
	status: 'moved',
	code: '0',
	message: 'User successfully moved to Do-Not-Mail.',
};
export const ALREADY_IN = {
	status: 'alreadyInDoNotMail',
	code: '0',
	message: 'User already in Do-Not-Mail.',
};

export const FORMATS = ['json', 'xml'] as const;

/** `credentialId`: each test has a credential of its own, since runs on one share a budget of calls. */
export interface CampaignsStage extends Stage {
	credentialId: string;
}

/** Runs the node over addresses, with hardly a pause before a retry. */
export const runOver = (
	{ run, credentialId }: CampaignsStage,
	emails: readonly unknown[],
	settings: RunSettings,
) =>
	run(
		'zohoCampaignsDoNotMail',
		emails.map((email) => ({ email }) as IDataObject),
		{ credentialId, ...settings, options: { retryDelay: 1, ...settings.options } },
	);

export function useCampaigns() {
	const stage = useStage() as CampaignsStage;
	let accounts = 0;
	beforeEach(() => {
		stage.credentialId = stage.connect({}, `account-${++accounts}`);
	});
	const run = (emails: readonly unknown[], settings: RunSettings = {}) =>
		runOver(stage, emails, settings);
	const calls = () => stage.zoho.calls('doNotMail');
	return { stage, run, calls };
}
