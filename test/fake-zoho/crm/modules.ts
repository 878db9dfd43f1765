/** The part of a module that tests choose; the list's other properties are filled in. */
export interface CrmModule {
	api_name: string;
	plural_label: string;
	generated_type: 'default' | 'web' | 'linking' | 'custom';
	api_supported: boolean;
}

/** The v6 page's list of supported modules. */
export const STANDARD_MODULES = [
	'Leads',
	'Contacts',
	'Deals',
	'Accounts',
	'Sales_Orders',
	'Purchase_Orders',
	'Invoices',
	'Quotes',
	'Cases',
] as const;

/** An account also has modules that cannot be unblocked in; a list that shows them is wrong. */
export const OTHER_MODULES: readonly CrmModule[] = [
	{ api_name: 'Home', plural_label: 'Home', generated_type: 'default', api_supported: false },
	{ api_name: 'Tasks', plural_label: 'Tasks', generated_type: 'default', api_supported: true },
	{
		api_name: 'Leads_X_Products',
		plural_label: 'Leads X Products',
		generated_type: 'linking',
		api_supported: true,
	},
];

/** The modules of a new account: the standard ones, and those that serve nothing here. */
export function modulesOfNewAccount(): CrmModule[] {
	return [
		...STANDARD_MODULES.map((name) => ({
			api_name: name,
			plural_label: name.replaceAll('_', ' '),
			generated_type: 'default' as const,
			api_supported: true,
		})),
		...OTHER_MODULES,
	];
}

/** A module as the v8 OpenAPI file describes an entry of the list, with all that it requires. */
export function listEntry(module: CrmModule, index: number) {
	return {
		...module,
		id: `24234880000000${String(index + 2001)}`,
		module_name: module.api_name,
		singular_label: module.plural_label,
		sequence_number: index + 1,
		'common.search_supported': true,
		deletable: true,
		description: null,
		creatable: true,
		recycle_bin_on_delete: true,
		inventory_template_supported: false,
		modified_time: null,
		presence_sub_menu: true,
		triggers_supported: true,
		chart_view: false,
		isBlueprintSupported: true,
		visibility: 1,
		visible: true,
		convertable: false,
		editable: true,
		emailTemplate_support: true,
		email_parser_supported: false,
		filter_supported: true,
		show_as_tab: true,
		web_link: null,
		viewable: true,
		quick_create: false,
		feeds_required: false,
		scoring_supported: true,
		webform_supported: false,
		arguments: [],
		chart_view_supported: true,
		profile_count: 1,
		business_card_field_limit: 5,
		track_current_data: false,
		modified_by: null,
		profiles: [],
		parent_module: null,
		activity_badge: 'Disabled',
		$field_states: [],
		business_card_fields: [],
		per_page: null,
		$properties: [],
		$on_demand_properties: [],
		search_layout_fields: [],
		kanban_view_supported: false,
		lookup_field_properties: { fields: [] },
		kanban_view: false,
		related_lists: [],
		filter_status: false,
		related_list_properties: { sort_by: null, fields: [], sort_order: null },
		display_field: null,
		layouts: [],
		fields: [],
		custom_view: null,
		zia_view: null,
		default_mapping_fields: [],
		layout_associations: [],
	};
}
