use crate::schema::{Entry, Fact, Ledger, Models, Object, Widened};

/// What every rule looks at, and the notes it takes.
pub(super) struct Laying<'a> {
    pub(super) models: &'a Models,
    pub(super) ledger: &'a Ledger,
    pub(super) strict: bool,
    pub(super) declared: Vec<Entry>,
    pub(super) left_alone: Vec<Object>,
    pub(super) widened: Vec<Widened>,
}

impl<'a> Laying<'a> {
    pub(super) fn new(models: &'a Models, ledger: &'a Ledger, strict: bool) -> Self {
        Self { models, ledger, strict, declared: Vec::new(), left_alone: Vec::new(), widened: Vec::new() }
    }

    /// Notes that the models declare the object.
    pub(super) fn declare(&mut self, object: Object) {
        self.declared.push(Entry { object, fact: None });
    }

    /// Notes that the models declare this fact of the object.
    pub(super) fn declare_fact(&mut self, object: Object, fact: Fact) {
        self.declared.push(Entry { object, fact: Some(fact) });
    }

    /// Whether the sources spell out this fact of an object, by the name that the models give it.
    pub(super) fn states(&self, object: &Object, fact: Fact) -> bool {
        self.models.stated.contains(object, fact)
    }

    /// Whether an undeclared object stays. Notes it as left alone if so; what is unmanaged is not spoken of.
    pub(super) fn keeps(&mut self, object: Object) -> bool {
        if self.models.unmanaged.rule(&object).is_some() {
            return true;
        }
        let goes = self.strict || self.ledger.owns(&object);
        if !goes {
            self.left_alone.push(object);
        }
        !goes
    }

    /// A fact that can be absent: what the models state, else nothing if they once stated it, else what is there.
    pub(super) fn optional_fact<T: Clone>(
        &mut self,
        object: &Object,
        declared_as: &Object,
        fact: Fact,
        models: &Option<T>,
        current: &Option<T>,
    ) -> Option<T> {
        if self.states(declared_as, fact) {
            self.declare_fact(object.clone(), fact);
            models.clone()
        } else if self.strict || self.ledger.owns_fact(object, fact) {
            None
        } else {
            current.clone()
        }
    }
}
