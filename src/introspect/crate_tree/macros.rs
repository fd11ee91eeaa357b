//! Which `macro_rules!` a name means.

use std::rc::Rc;

use super::{ModuleId, Tree};
use crate::introspect::macro_rules::MacroRules;
use crate::introspect::resolve::Resolved;

impl Tree {
    /// Adds a macro to the module's crate.
    pub(in crate::introspect) fn define_macro(
        &self,
        module: ModuleId,
        name: String,
        rules: Option<MacroRules>,
        of_entities: bool,
    ) {
        let owner = self.owner(module);
        if of_entities {
            owner.entity_macros.borrow_mut().insert(name.clone());
        }
        if let Some(rules) = rules {
            owner.macros.borrow_mut().entry(name).or_default().push((module, Rc::new(rules)));
        }
    }

    /// A macro of the same crate whose module is not read yet: `crate::kinds::newtype!`. Crates are read by need.
    pub(in crate::introspect) fn unread_macro(&self, module: ModuleId, name: &str) -> Option<Rc<MacroRules>> {
        self.macro_below(self.owner(module).root_module, name)
    }

    /// A macro that another crate exports. Its modules are read until one defines it.
    pub(in crate::introspect) fn exported_macro(
        &self,
        module: ModuleId,
        krate: &str,
        name: &str,
    ) -> Option<Rc<MacroRules>> {
        let root = match self.resolve(module, &[krate.to_owned()], true)? {
            Resolved::Module(root) => root,
            Resolved::Foreign(path) => self.open_fetched(path.first()?)?.root_module,
            Resolved::Item(_) | Resolved::Generated(_) => return None,
        };
        self.macro_below(root, name)
    }

    fn macro_below(&self, module: ModuleId, name: &str) -> Option<Rc<MacroRules>> {
        self.content(module);
        let found = self.macro_rules(module, name);
        found.or_else(|| self.children(module).into_iter().find_map(|child| self.macro_below(child, name)))
    }

    /// Whether a macro of this name makes entities.
    pub(in crate::introspect) fn makes_entities(&self, module: ModuleId, name: &str) -> bool {
        self.owner(module).entity_macros.borrow().contains(name)
    }

    /// The macro of this name as a module sees it: its own, else the nearest above it, else the only one of the crate.
    /// Textual order is not kept beyond that: a crate that compiles defines before it uses.
    pub(in crate::introspect) fn macro_rules(&self, module: ModuleId, name: &str) -> Option<Rc<MacroRules>> {
        let owner = self.owner(module);
        let macros = owner.macros.borrow();
        let all = macros.get(name)?;
        let above = std::iter::successors(Some(module), |module| self.parent(*module));
        let found = above.filter_map(|module| all.iter().rfind(|(at, _)| *at == module)).next();
        let only = || if all.len() == 1 { all.first() } else { None };
        found.or_else(only).map(|(_, rules)| Rc::clone(rules))
    }
}
