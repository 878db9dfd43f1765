/**
 * What Zoho has published, copied as it stands there, for the tests to hold this server against
 * where the published files themselves are not at hand. The server takes nothing from here.
 */

/** Zoho's v6 page for unblock_email, "Possible Errors": code, HTTP status, message. */
export const UNBLOCK_ERRORS = [
	['NOT_ALLOWED', 400, 'unknown field provided'],
	['INVALID_DATA', 400, 'Invalid record provided'],
	['NOT_ALLOWED', 400, 'EMAIL, SECONDARY_EMAIL field not available for module'],
	['NOT_ALLOWED', 400, 'Cannot unblock, email has been unblocked 5 times already'],
	['NOT_ALLOWED', 400, 'Cannot unblock, Email is blocked permanently'],
	['NOT_ALLOWED', 400, 'Email is already unblocked'],
	['MANDATORY_NOT_FOUND', 400, 'required field not found'],
	['INVALID_REQUEST_METHOD', 400, 'The http request method type is not a valid one'],
	['INVALID_MODULE', 400, 'The module name given seems to be invalid'],
	['OAUTH_SCOPE_MISMATCH', 401, 'Unauthorized'],
	['AUTHENTICATION_FAILURE', 401, 'Authentication failed'],
	['INVALID_URL_PATTERN', 404, 'Please check if the URL trying to access is a correct one'],
] as const;

/** The same page's sample of a bulk reply, cut to two records. */
export const UNBLOCK_SAMPLE = {
	data: [
		{
			code: 'SUCCESS',
			details: { id: '2423488000000575001' },
			message: 'Unblocked successfully',
			status: 'success',
		},
		{
			code: 'SUCCESS',
			details: { id: '2423488000000569124' },
			message: 'Unblocked successfully',
			status: 'success',
		},
	],
};

/** Zoho's do-not-mail page: the two samples of a success, in JSON and in XML. */
export const DO_NOT_MAIL_JSON_SAMPLE = {
	code: '0',
	message: 'User successfully moved to Do-Not-Mail.',
	version: '1.1',
	uri: '/api/v1.1/json/contactdonotmail',
	status: 'success',
};
export const DO_NOT_MAIL_XML_SAMPLE = `<?xml version="1.1" encoding="UTF-8" standalone="no"?>
<response uri="/api/v1.1/xml/contactdonotmail" version="1.1">
	<code>0</code>
	<message>User successfully moved to Do-Not-Mail.</message>
</response>
`;

/** The same page's "Possible error cases". */
export const DO_NOT_MAIL_ERRORS = [
	['0', 'User already in Do-Not-Mail.'],
	['2004', 'Invalid email address pattern.'],
	['2104', 'Error in Do-not-mail. Please retry after sometime.'],
] as const;

const text = { type: 'string' };
const flag = { type: 'boolean' };
const whole = { type: 'integer' };
const list = { type: 'array' };
const textOrNull = { type: 'string', nullable: true };
const objectOrNull = { type: 'object', nullable: true };

/**
 * Zoho's OpenAPI file for unblock_email, v8: a success's `data[]`, and an error. Its lists of codes
 * and messages for an error are left out, here as in the test on the file itself: they hold four
 * codes and lack most of those on the page.
 */
export const UNBLOCK_SUCCESS_SCHEMA = {
	type: 'object',
	required: ['data'],
	properties: {
		data: {
			type: 'array',
			items: {
				type: 'object',
				required: ['code', 'details', 'message', 'status'],
				properties: {
					code: text,
					details: { type: 'object', required: ['id'], properties: { id: text } },
					message: text,
					status: text,
				},
			},
		},
	},
};
export const ERROR_SCHEMA = {
	type: 'object',
	required: ['status', 'code', 'message', 'details'],
	properties: {
		status: { type: 'string', enum: ['error'] },
		code: text,
		message: text,
		details: {
			type: 'object',
			properties: {
				resource_path_index: whole,
				supported_values: { type: 'array', items: text },
				api_name: text,
				json_path: text,
			},
		},
	},
};

/** Zoho's OpenAPI file for modules, v8: what it requires of every entry. */
const MODULE_PROPERTIES = {
	'common.search_supported': flag,
	deletable: flag,
	description: textOrNull,
	creatable: flag,
	recycle_bin_on_delete: flag,
	inventory_template_supported: flag,
	modified_time: textOrNull,
	plural_label: textOrNull,
	presence_sub_menu: flag,
	triggers_supported: flag,
	id: text,
	chart_view: flag,
	isBlueprintSupported: flag,
	visibility: whole,
	visible: flag,
	convertable: flag,
	editable: flag,
	emailTemplate_support: flag,
	email_parser_supported: flag,
	filter_supported: flag,
	show_as_tab: flag,
	web_link: textOrNull,
	sequence_number: whole,
	singular_label: textOrNull,
	viewable: flag,
	api_supported: flag,
	api_name: textOrNull,
	quick_create: flag,
	generated_type: { type: 'string', enum: ['default', 'web', 'linking', 'custom'] },
	feeds_required: flag,
	scoring_supported: flag,
	webform_supported: flag,
	arguments: list,
	module_name: text,
	chart_view_supported: flag,
	profile_count: whole,
	business_card_field_limit: whole,
	track_current_data: flag,
	modified_by: {},
	profiles: list,
	parent_module: objectOrNull,
	activity_badge: { type: 'string', enum: ['Enabled', 'Disabled'] },
	$field_states: list,
	business_card_fields: list,
	per_page: { type: 'integer', nullable: true },
	$properties: list,
	$on_demand_properties: list,
	search_layout_fields: list,
	kanban_view_supported: { type: 'boolean', nullable: true },
	lookup_field_properties: { type: 'object', required: ['fields'] },
	kanban_view: { type: 'boolean', nullable: true },
	related_lists: list,
	filter_status: { type: 'boolean', nullable: true },
	related_list_properties: { type: 'object', required: ['sort_by', 'fields', 'sort_order'] },
	display_field: objectOrNull,
	layouts: list,
	fields: list,
	custom_view: {},
	zia_view: { type: 'boolean', nullable: true },
	default_mapping_fields: list,
	layout_associations: list,
};
export const MODULES_SCHEMA = {
	type: 'object',
	required: ['modules'],
	properties: {
		modules: {
			type: 'array',
			items: {
				type: 'object',
				required: Object.keys(MODULE_PROPERTIES),
				properties: MODULE_PROPERTIES,
			},
		},
	},
};
