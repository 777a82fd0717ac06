//! Points, rectangles and curves; y grows downwards, units are pixels at scale 1.

/// A place in the picture.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Point {
    fn shifted(self, dx: f64, dy: f64) -> Self {
        Point { x: self.x + dx, y: self.y + dy }
    }
}

/// Width × height.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Size {
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Size {
    pub(crate) fn transposed(self) -> Self {
        Size { width: self.height, height: self.width }
    }
}

/// An axis-parallel rectangle.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Rect {
    /// Holds no point; `include` makes it hold some.
    pub(crate) const EMPTY: Rect = Rect {
        left: f64::INFINITY,
        top: f64::INFINITY,
        right: f64::NEG_INFINITY,
        bottom: f64::NEG_INFINITY,
    };

    pub(crate) fn around(centre: Point, size: Size) -> Self {
        Rect {
            left: centre.x - size.width / 2.0,
            top: centre.y - size.height / 2.0,
            right: centre.x + size.width / 2.0,
            bottom: centre.y + size.height / 2.0,
        }
    }

    pub(crate) fn centre(&self) -> Point {
        Point { x: (self.left + self.right) / 2.0, y: (self.top + self.bottom) / 2.0 }
    }

    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// Grows just enough to hold `point`.
    pub(crate) fn include(&mut self, point: Point) {
        self.left = self.left.min(point.x);
        self.top = self.top.min(point.y);
        self.right = self.right.max(point.x);
        self.bottom = self.bottom.max(point.y);
    }

    pub(crate) fn shifted(&self, dx: f64, dy: f64) -> Self {
        Rect {
            left: self.left + dx,
            top: self.top + dy,
            right: self.right + dx,
            bottom: self.bottom + dy,
        }
    }
}

/// One piece of a route, from wherever the piece before it ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Segment {
    /// A straight line to a point.
    Line(Point),
    /// A cubic Bézier curve: two control points and the end.
    Cubic(Point, Point, Point),
}

impl Segment {
    pub(crate) fn end(&self) -> Point {
        match *self {
            Segment::Line(end) | Segment::Cubic(_, _, end) => end,
        }
    }
}

/// The way of one edge, in the direction of the data. It ends with a straight line that is long
/// enough to carry an arrow head.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Route {
    pub(crate) start: Point,
    pub(crate) segments: Vec<Segment>,
}

impl Route {
    /// Its start, its ends and its control points.
    pub(crate) fn points(&self) -> impl Iterator<Item = Point> + '_ {
        let of_segments = self.segments.iter().flat_map(|segment| match *segment {
            Segment::Line(end) => [end, end, end],
            Segment::Cubic(first, second, end) => [first, second, end],
        });
        std::iter::once(self.start).chain(of_segments)
    }

    pub(crate) fn shift(&mut self, dx: f64, dy: f64) {
        self.map(|point| point.shifted(dx, dy));
    }

    /// Moves all its points.
    pub(crate) fn map(&mut self, move_point: impl Fn(Point) -> Point) {
        self.start = move_point(self.start);
        for segment in &mut self.segments {
            *segment = match *segment {
                Segment::Line(end) => Segment::Line(move_point(end)),
                Segment::Cubic(first, second, end) => {
                    Segment::Cubic(move_point(first), move_point(second), move_point(end))
                }
            };
        }
    }
}
