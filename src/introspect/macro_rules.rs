use proc_macro2::TokenStream;

/// A `macro_rules!` definition.
#[derive(Debug)]
pub(super) struct MacroRules {
    _rules: Vec<(TokenStream, TokenStream)>,
}

impl MacroRules {
    pub(super) fn parse(_definition: TokenStream) -> Option<Self> {
        None
    }

    pub(super) fn expand(&self, _arguments: TokenStream, _call: &syn::Path) -> Option<TokenStream> {
        None
    }
}
