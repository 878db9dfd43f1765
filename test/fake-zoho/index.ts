/**
 * A Zoho to test against.
 *
 *     const zoho = await startFakeZoho();
 *     const { access_token } = zoho.oauth.issue();
 *     zoho.crm.add('Leads', ['2423488000000575001']);
 *     zoho.fault({ kind: 'unblock', reset: true, when: 'after' });
 *     // … let the code under test call zoho.url …
 *     zoho.crm.get('Leads', '2423488000000575001')?.timesUnblocked; // 1
 *     await zoho.stop();
 */
export { TOO_MANY_REFRESHES, type TokenReply } from './accounts/accounts';
export { NO_CAMPAIGNS_ORG } from './accounts/consentPage';
export { EVERY_SCOPE } from './accounts/scopes';
export type { RegistryEntry } from './campaigns/campaigns';
export { RECIPIENT_ACTIONS, type Campaign, type RecipientAction } from './campaigns/reports';
export type { CampaignsCode } from './campaigns/replies';
export type { CampaignsSettings } from './campaigns/settings';
export { credentialFor, CREDENTIAL_TYPE, type Client } from './credential';
export type { PlannedRefusal } from './crm/crm';
export { STANDARD_MODULES, type CrmModule } from './crm/modules';
export { addressesOf, type Bounce, type CrmRecord, type RecordReason } from './crm/records';
export type { CrmSettings } from './crm/settings';
export { TEMPORARILY_BOUNCED, type CustomView } from './crm/views';
export type { Fault, PlannedFault, Trouble } from './faults';
export { startProxy, type ProxiedRequest, type ForwardProxy } from './proxy';
export type { ReceivedRequest, RequestKind } from './requests';
export { startFakeZoho, type FakeZoho, type FakeZohoOptions } from './server';
export {
	THROTTLE_WORDS,
	throttleReply,
	type ThrottleShape,
	type ThrottleWord,
} from './throttleFilter';
export { PUBLISHED_LIMIT, Throttle, type Limit } from './throttle';
