//! What happened in a run, line by line. Equal runs have equal traces.

use std::sync::Mutex;

use chrono::{DateTime, Utc};

use crate::{actor, time::VirtualTime};

pub(crate) struct Trace {
    time: VirtualTime,
    lines: Mutex<Vec<String>>,
}

impl Trace {
    pub(crate) fn new(time: VirtualTime) -> Self {
        Self { time, lines: Mutex::default() }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.time.now()
    }

    /// Adds a line with the time and the actor.
    pub(crate) fn line(&self, text: &str) {
        let passed = self.time.passed();
        let (hours, minutes) = (passed.num_hours(), passed.num_minutes() % 60);
        let (seconds, milliseconds) = (passed.num_seconds() % 60, passed.num_milliseconds() % 1000);
        let actor = actor::current().map(|actor| format!("{}#{}", actor.role, actor.number)).unwrap_or_default();
        let line = format!("{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03} {actor:<20} {text}");
        self.lines.lock().expect("nothing panics while it holds this lock").push(line);
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().expect("nothing panics while it holds this lock"))
    }
}
