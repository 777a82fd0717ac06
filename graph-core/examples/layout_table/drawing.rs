//! A drawing as boxes and curves, and figures that are counted in it.

/// The drawing of a graph. Units are pixels; y grows downwards or upwards.
#[derive(Debug, Default)]
pub(crate) struct Drawing {
    pub boxes: Vec<Box>,
    pub curves: Vec<Curve>,
}

/// A task's box.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Box {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// An edge as a line of short straight pieces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Curve {
    pub points: Vec<(f64, f64)>,
    /// The points where its lines and cubics begin and end.
    pub joints: Vec<(f64, f64)>,
}

/// Figures of a drawing that tell how readable it is.
#[derive(Debug, PartialEq)]
pub(crate) struct Figures {
    /// Points where two edges cross.
    pub crossings: usize,
    /// Pairs of an edge and a box that it passes over.
    pub edges_over_boxes: usize,
    pub width_px: f64,
    pub height_px: f64,
}

/// Two curves that meet within this distance of an end of one of them, or of a joint of both, join
/// there and do not cross.
const JOINT_PX: f64 = 1.5;
/// Straight pieces per cubic. The number is odd, so that mirrored curves do not meet in a corner of
/// both.
const PIECES: usize = 25;

impl Curve {
    pub(crate) fn line_to(&mut self, end: (f64, f64)) {
        self.points.push(end);
        self.joints.push(end);
    }

    /// Adds a cubic Bézier curve from where the curve ends.
    pub(crate) fn cubic_to(&mut self, first: (f64, f64), second: (f64, f64), end: (f64, f64)) {
        let start = *self.points.last().expect("a curve begins with a point");
        for piece in 1..=PIECES {
            let t = piece as f64 / PIECES as f64;
            let s = 1.0 - t;
            let mix = |a: f64, b: f64, c: f64, d: f64| {
                s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
            };
            self.points.push((
                mix(start.0, first.0, second.0, end.0),
                mix(start.1, first.1, second.1, end.1),
            ));
        }
        self.joints.push(end);
    }

    fn bounds(&self) -> Box {
        let fold = |pick: fn(&(f64, f64)) -> f64| {
            self.points
                .iter()
                .map(pick)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                    (low.min(x), high.max(x))
                })
        };
        let ((left, right), (top, bottom)) = (fold(|point| point.0), fold(|point| point.1));
        Box { left, top, width: right - left, height: bottom - top }
    }

    fn crossings(&self, other: &Curve) -> usize {
        let pieces = self.points.windows(2);
        pieces
            .flat_map(|a| other.points.windows(2).map(move |b| (a, b)))
            .filter_map(|(a, b)| crossing(a[0], a[1], b[0], b[1]))
            .filter(|&point| !self.joins(other, point))
            .count()
    }

    fn joins(&self, other: &Curve, point: (f64, f64)) -> bool {
        let near = |end: &(f64, f64)| (end.0 - point.0).hypot(end.1 - point.1) <= JOINT_PX;
        let ends = |curve: &Curve| [curve.points.first().copied(), curve.points.last().copied()];
        let at_end = |curve: &Curve| ends(curve).iter().flatten().any(near);
        let at_joint = |curve: &Curve| curve.joints.iter().any(near);
        // Edges out of one box or into one box may share a part of their way.
        let share_an_end = ends(self).iter().zip(ends(other)).any(|(one, other)| *one == other);
        at_end(self)
            || at_end(other)
            || (at_joint(self) && at_joint(other))
            || (share_an_end && (at_joint(self) || at_joint(other)))
    }

    fn passes_over(&self, rect: &Box) -> bool {
        // A line along a border is not over the box.
        let inside = |point: (f64, f64)| {
            point.0 > rect.left + 0.5
                && point.0 < rect.left + rect.width - 0.5
                && point.1 > rect.top + 0.5
                && point.1 < rect.top + rect.height - 0.5
        };
        self.points.windows(2).any(|pair| {
            (0..=8).any(|step| {
                let t = f64::from(step) / 8.0;
                let mix = |a: f64, b: f64| a + (b - a) * t;
                inside((mix(pair[0].0, pair[1].0), mix(pair[0].1, pair[1].1)))
            })
        })
    }
}

/// Returns the point where two straight pieces cross. A corner that lies on the other piece counts
/// for one of the two pieces that meet there.
fn crossing(a: (f64, f64), b: (f64, f64), c: (f64, f64), d: (f64, f64)) -> Option<(f64, f64)> {
    let side = |p: (f64, f64), q: (f64, f64), r: (f64, f64)| {
        (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0)
    };
    let (to_c, to_d) = (side(a, b, c), side(a, b, d));
    let (to_a, to_b) = (side(c, d, a), side(c, d, b));
    if (to_c > 0.0) == (to_d > 0.0) || (to_a > 0.0) == (to_b > 0.0) {
        return None;
    }
    let t = to_a / (to_a - to_b);
    Some((a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t))
}

impl Box {
    fn meets(&self, other: &Box) -> bool {
        self.left <= other.left + other.width
            && other.left <= self.left + self.width
            && self.top <= other.top + other.height
            && other.top <= self.top + self.height
    }
}

impl Drawing {
    pub(crate) fn figures(&self) -> Figures {
        let bounds: Vec<Box> = self.curves.iter().map(Curve::bounds).collect();
        let mut crossings = 0;
        for (first, curve) in self.curves.iter().enumerate() {
            for (second, other) in self.curves.iter().enumerate().skip(first + 1) {
                if bounds[first].meets(&bounds[second]) {
                    crossings += curve.crossings(other);
                }
            }
        }
        let over = |curve: usize, rect: &Box| {
            bounds[curve].meets(rect) && self.curves[curve].passes_over(rect)
        };
        let edges_over_boxes = (0..self.curves.len())
            .map(|curve| self.boxes.iter().filter(|rect| over(curve, rect)).count())
            .sum();
        let all = || self.boxes.iter().chain(&bounds);
        let left = all().map(|rect| rect.left).fold(f64::INFINITY, f64::min);
        let top = all().map(|rect| rect.top).fold(f64::INFINITY, f64::min);
        let right = all().map(|rect| rect.left + rect.width).fold(f64::NEG_INFINITY, f64::max);
        let bottom = all().map(|rect| rect.top + rect.height).fold(f64::NEG_INFINITY, f64::max);
        Figures { crossings, edges_over_boxes, width_px: right - left, height_px: bottom - top }
    }
}
