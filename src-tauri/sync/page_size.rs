//! How many runs to ask for in the next page: a pure rule.
//!
//! A page costs a server something whatever its size, and something for each run. On a large
//! experiment the first part is seconds, so that small pages waste nearly all of its time; on a
//! small one it is next to nothing, and small pages show their rows sooner. Two pages of different
//! size tell the two parts apart, and the next page is large enough that the first part hardly
//! counts, within bounds on its time and its bytes.

use std::time::Duration;

/// The first page is small so that the first rows are on screen soon.
pub const FIRST_RUNS: u32 = 100;
pub const SMALLEST_RUNS: u32 = 20;
/// What `max_results` may be at most.
const LARGEST_RUNS: u32 = 50_000;
/// A page and the one that is read while it is written are in memory, each several times over.
const LARGEST_BYTES: f64 = (32 << 20) as f64;
/// Of two pages the larger one has at least this many times the runs, or they tell nothing apart.
const OTHER_SIZE: f64 = 1.5;
const MOST_GROWTH: f64 = 8.0;
const MOST_SHRINKING: f64 = 4.0;
/// What the runs of a page may take where the page itself costs next to nothing.
const RUNS_S: f64 = 5.0;
/// The runs of a page may take this many times what the page itself costs.
const RUNS_TO_FIXED: f64 = 9.0;
/// A page is to take no longer, because proxies give up after 30 s or 60 s. Where the page itself
/// costs more than half of that it may take twice its cost, and [`LONGEST_S`] at most.
const USUAL_S: f64 = 20.0;
const LONGEST_S: f64 = 120.0;
/// After this many pages of the same size the one of another size is old.
const OLD_PAGES: u32 = 4;
/// After some good pages more runs may be tried than were too much once: soon after the first time,
/// later and later where it is too much again.
const FORGIVING: u32 = 4;
const FORGIVEN_AFTER: u32 = 3;
const FORGIVEN_AFTER_AT_MOST: u32 = 96;

/// A page that was read.
#[derive(Debug, Clone, Copy)]
struct Sample {
    runs: f64,
    bytes: f64,
    took_s: f64,
}

/// Chooses the size of pages, of one question after the other.
#[derive(Debug, Clone)]
pub struct PageSize {
    next: u32,
    last: Option<Sample>,
    /// The last page before it that was of another size.
    other: Option<Sample>,
    /// Pages since then.
    other_age: u32,
    /// So many runs were too much.
    too_many: Option<u32>,
    good_pages: u32,
    forgiven_after: u32,
    /// The pages that the question before came to.
    known_good: Option<u32>,
    /// The pages that this one has come to.
    reached: Option<u32>,
}

impl Default for PageSize {
    fn default() -> Self {
        Self {
            next: FIRST_RUNS,
            last: None,
            other: None,
            other_age: 0,
            too_many: None,
            good_pages: 0,
            forgiven_after: FORGIVEN_AFTER,
            known_good: None,
            reached: None,
        }
    }
}

impl PageSize {
    /// For the first page of another question: small again, but what the server can do is known.
    pub fn begun_again(&self) -> Self {
        Self {
            too_many: self.too_many,
            good_pages: self.good_pages,
            forgiven_after: self.forgiven_after,
            known_good: self.reached.or(self.known_good),
            ..Self::default()
        }
    }

    /// The number of runs to ask for.
    pub fn runs(&self) -> u32 {
        self.next
    }

    /// A page was read; it may have fewer runs than were asked for.
    pub fn read(&mut self, runs: u32, bytes: u64, took: Duration) {
        self.good_pages += 1;
        if self.good_pages.is_multiple_of(self.forgiven_after) {
            let more = self.too_many.map(|runs| runs.saturating_mul(FORGIVING));
            self.too_many = more.filter(|runs| *runs < LARGEST_RUNS);
        }
        if runs == 0 {
            return;
        }
        if runs >= self.next && runs > FIRST_RUNS {
            self.reached = Some(runs);
        }
        let page = Sample { runs: f64::from(runs), bytes: bytes as f64, took_s: took.as_secs_f64().max(1e-4) };
        self.other_age += 1;
        if let Some(last) = self.last
            && (last.runs / page.runs).max(page.runs / last.runs) >= OTHER_SIZE
        {
            (self.other, self.other_age) = (Some(last), 0);
        } else if page.took_s > USUAL_S && self.other_age > OLD_PAGES {
            // The server may have changed since: two sizes have to be tried again.
            self.other = None;
        }
        let known_good = if self.last.is_none() { self.known_good } else { None };
        self.last = Some(page);
        let (wanted, largest) = match known_good {
            Some(known_good) => (f64::from(known_good), f64::from(known_good)),
            None => (self.by_time(page), page.runs * MOST_GROWTH),
        };
        self.next = self.bounded(wanted.min(largest), page);
    }

    /// The page was too much: for the server, for a proxy, or for us. Says whether a smaller one is
    /// worth a try.
    pub fn too_much(&mut self) -> bool {
        let asked = self.next;
        if self.good_pages > 0 {
            self.forgiven_after = (self.forgiven_after * 2).min(FORGIVEN_AFTER_AT_MOST);
        }
        self.good_pages = 0;
        self.too_many = Some(asked);
        self.reached = self.reached.filter(|runs| *runs < asked);
        self.known_good = self.known_good.filter(|runs| *runs < asked);
        let good = self.last.map(|page| page.runs as u32).filter(|runs| *runs < asked);
        self.next = good.unwrap_or(asked / 4).max(SMALLEST_RUNS);
        self.next < asked
    }

    /// Whether more runs are asked for than the last page had.
    pub fn has_grown(&self) -> bool {
        self.last.is_some_and(|page| f64::from(self.next) > page.runs)
    }

    /// The runs that are worth it by the time that pages took.
    fn by_time(&self, page: Sample) -> f64 {
        let Some(other) = self.other else {
            // Nothing tells the two parts apart yet: another size, which surely does not take too long.
            let surely = page.runs * USUAL_S / page.took_s;
            let smaller = page.runs / 2.0;
            return match () {
                () if surely >= page.runs * OTHER_SIZE => surely,
                () if smaller >= f64::from(SMALLEST_RUNS) => smaller,
                () => page.runs * 2.0,
            };
        };
        let per_run_s = (page.took_s - other.took_s) / (page.runs - other.runs);
        let per_run_s = per_run_s.clamp(1e-6, page.took_s / page.runs);
        let fixed_s = page.took_s - per_run_s * page.runs;
        let longest_s = (2.0 * fixed_s).clamp(USUAL_S, LONGEST_S).max(1.25 * fixed_s);
        let runs_s = (RUNS_TO_FIXED * fixed_s).max(RUNS_S).min(longest_s - fixed_s);
        runs_s / per_run_s
    }

    fn bounded(&self, runs: f64, page: Sample) -> u32 {
        let bytes_per_run = (page.bytes / page.runs).max(1.0);
        let runs = runs.max(page.runs / MOST_SHRINKING).min(LARGEST_BYTES / bytes_per_run);
        let runs = match self.too_many {
            // What went well is never too much.
            Some(too_many) => runs.min(page.runs.max(f64::from(too_many / 2))),
            None => runs,
        };
        (runs as u32).clamp(SMALLEST_RUNS, LARGEST_RUNS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server as the rule sees it: what a page of so many runs takes, or that it is too much.
    struct Server<F: Fn(u32, u32) -> Option<f64>> {
        /// By the runs of a page and the number of the page.
        page_s: F,
        bytes_per_run: u64,
        runs: u32,
    }

    struct Seen {
        sizes: Vec<u32>,
        took_s: f64,
        failures: usize,
    }

    impl<F: Fn(u32, u32) -> Option<f64>> Server<F> {
        fn read_all(&self, mut size: PageSize) -> (Seen, PageSize) {
            let mut seen = Seen { sizes: Vec::new(), took_s: 0.0, failures: 0 };
            let (mut left, mut number) = (self.runs, 0);
            while left > 0 {
                let asked = size.runs();
                assert!((SMALLEST_RUNS..=LARGEST_RUNS).contains(&asked), "{asked}");
                number += 1;
                assert!(number < 20_000, "{:?}", seen.sizes);
                let Some(took_s) = (self.page_s)(asked.min(left), number) else {
                    seen.failures += 1;
                    seen.took_s += 30.0;
                    assert!(size.too_much(), "gave up at {asked}");
                    continue;
                };
                seen.sizes.push(asked);
                seen.took_s += took_s;
                let got = asked.min(left);
                left -= got;
                size.read(got, u64::from(got) * self.bytes_per_run, Duration::from_secs_f64(took_s));
            }
            (seen, size)
        }

        fn seen(&self) -> Seen {
            self.read_all(PageSize::default()).0
        }
    }

    impl Seen {
        fn largest(&self) -> u32 {
            self.sizes.iter().copied().max().unwrap_or(0)
        }
    }

    /// `fixed` seconds for a page and `per_run` for each of its runs.
    fn line(fixed: f64, per_run: f64) -> impl Fn(u32, u32) -> Option<f64> {
        move |runs, _| Some(fixed + per_run * f64::from(runs))
    }

    #[test]
    fn a_page_that_costs_seconds_whatever_its_size_becomes_large() {
        // A real server with 100,000 runs of 20 params and 20 metrics.
        let server = Server { page_s: line(5.0, 0.0024), bytes_per_run: 5_800, runs: 100_000 };
        let seen = server.seen();
        assert_eq!(seen.sizes[0], FIRST_RUNS);
        let pages_of_5000_s = 20.0 * (5.0 + 0.0024 * 5_000.0);
        assert!(seen.took_s < 1.15 * pages_of_5000_s, "{} s: {:?}", seen.took_s, seen.sizes);
        assert!(seen.largest() < 6_000, "{:?}", seen.sizes);
    }

    #[test]
    fn even_where_the_page_itself_takes_longer_than_a_page_should() {
        for fixed in [25.0, 60.0, 100.0, 200.0] {
            let server = Server { page_s: line(fixed, 0.0024), bytes_per_run: 5_800, runs: 100_000 };
            let seen = server.seen();
            assert!(seen.sizes.len() < 40, "{fixed}: {:?}", seen.sizes);
        }
    }

    #[test]
    fn where_only_runs_cost_pages_stay_short() {
        let server = Server { page_s: line(0.0, 0.0033), bytes_per_run: 5_800, runs: 20_000 };
        let seen = server.seen();
        let longest_s = f64::from(seen.largest()) * 0.0033;
        assert!((2.0..6.0).contains(&longest_s), "{:?}", seen.sizes);
        // A slow one: none of its pages is much longer than it has to be.
        let server = Server { page_s: line(0.05, 0.3), bytes_per_run: 5_800, runs: 2_000 };
        let seen = server.seen();
        assert!(seen.sizes[1..].iter().all(|runs| *runs <= 100), "{:?}", seen.sizes);
    }

    #[test]
    fn a_quick_server_is_bounded_by_bytes_and_by_what_mlflow_takes() {
        let seen = Server { page_s: line(0.001, 1e-6), bytes_per_run: 100, runs: 1_000_000 }.seen();
        assert_eq!(seen.largest(), LARGEST_RUNS);
        // Runs of thousands of metrics.
        let seen = Server { page_s: line(0.5, 0.002), bytes_per_run: 500_000, runs: 5_000 }.seen();
        assert!(seen.largest() <= 100 && seen.sizes[1..].iter().all(|runs| *runs <= 67), "{:?}", seen.sizes);
        let seen = Server { page_s: line(0.5, 0.002), bytes_per_run: 16 << 20, runs: 500 }.seen();
        assert!(seen.sizes[3..].iter().all(|runs| *runs == SMALLEST_RUNS), "{:?}", seen.sizes);
    }

    #[test]
    fn a_proxy_that_gives_up_after_30_s_is_met_once_or_twice() {
        for fixed in [5.0, 15.0, 25.0] {
            let in_time = line(fixed, 0.0024);
            let page_s = move |runs, number| in_time(runs, number).filter(|took_s| *took_s < 30.0);
            let seen = Server { page_s, bytes_per_run: 100, runs: 100_000 }.seen();
            assert!(seen.failures <= 8, "{fixed}: {} failures, {:?}", seen.failures, seen.sizes);
            let largest = (30.0 - fixed) / 0.0024;
            let at_best_s = 100_000.0 / largest * 30.0;
            assert!(seen.took_s < 3.0 * at_best_s, "{fixed}: {} s of {at_best_s}, {:?}", seen.took_s, seen.sizes);
        }
    }

    #[test]
    fn a_limit_on_the_body_is_remembered_also_for_the_next_question() {
        let page_s = |runs, _| (runs <= 1_700).then_some(2.0 + 0.001 * f64::from(runs));
        let server = Server { page_s, bytes_per_run: 5_800, runs: 40_000 };
        let (first, size) = server.read_all(PageSize::default());
        assert!(first.failures <= 6 && first.sizes.len() < 60, "{} {:?}", first.failures, first.sizes);
        let (second, _) = server.read_all(size.begun_again());
        assert_eq!(second.sizes[0], FIRST_RUNS);
        assert!(second.sizes[1] > 500, "{:?}", second.sizes);
    }

    #[test]
    fn what_is_known_of_a_server_is_not_learnt_again() {
        let server = Server { page_s: line(5.0, 0.0024), bytes_per_run: 5_800, runs: 50_000 };
        let (_, size) = server.read_all(PageSize::default());
        let (second, _) = server.read_all(size.begun_again());
        assert!(second.sizes[1] > 3_000, "{:?}", second.sizes);
        // Another experiment, of much wider runs.
        let wide = Server { bytes_per_run: 200_000, ..server };
        assert!(wide.read_all(size.begun_again()).0.sizes[1..].iter().all(|runs| *runs < 200));
    }

    #[test]
    fn a_server_that_gets_slow_or_quick_in_between_is_followed() {
        // For a while every page costs a minute: small ones would be the worst answer to that.
        let page_s = |runs, number| Some(if (8..16).contains(&number) { 60.0 } else { 3.0 } + 0.0024 * f64::from(runs));
        let seen = Server { page_s, bytes_per_run: 5_800, runs: 100_000 }.seen();
        assert!(seen.sizes.len() < 40, "{:?}", seen.sizes);
        // A few pages that fail for a reason of their own do not make all later ones small.
        let page_s = |runs, number| (!(1..3).contains(&number)).then_some(5.0 + 0.0024 * f64::from(runs));
        let seen = Server { page_s, bytes_per_run: 5_800, runs: 100_000 }.seen();
        assert!(seen.sizes.len() < 45 && seen.largest() > 3_000, "{:?}", seen.sizes);
    }

    #[test]
    fn pages_that_scatter_do_not_collapse() {
        let page_s = |runs, number: u32| {
            let scatter = 0.6 + f64::from(number.wrapping_mul(2_654_435_761) >> 16) / 65_536.0;
            Some(scatter * (5.0 + 0.0024 * f64::from(runs)))
        };
        let seen = Server { page_s, bytes_per_run: 5_800, runs: 100_000 }.seen();
        assert!(seen.took_s < 2.0 * 20.0 * (5.0 + 0.0024 * 5_000.0), "{} s: {:?}", seen.took_s, seen.sizes);
    }

    #[test]
    fn at_the_smallest_page_there_is_nothing_left_to_try() {
        let mut size = PageSize::default();
        let mut asked = vec![size.runs()];
        while size.too_much() {
            asked.push(size.runs());
        }
        assert_eq!(asked, [100, 25, 20]);
    }

    #[test]
    fn a_store_with_pages_of_its_own_size_is_taken_as_it_is() {
        let mut size = PageSize::default();
        for _ in 0..30 {
            let got = size.runs().min(1_000);
            size.read(got, u64::from(got) * 5_800, Duration::from_secs_f64(0.0001 * f64::from(got)));
        }
        assert!(size.runs() >= 1_000, "{}", size.runs());
    }
}
