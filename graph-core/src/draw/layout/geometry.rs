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

/// Boxes and routes in one coordinate system whose origin is the upper left corner.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Layout {
    /// Where each box stands, in the order of the sizes; at least as large as asked for.
    pub(crate) boxes: Vec<Rect>,
    /// One route per edge. Edges out of one box may share their beginning; it belongs to the
    /// first of them that is not whole, and the others start where they leave it.
    pub(crate) routes: Vec<Route>,
    /// Width and height of all of it.
    pub(crate) size: Size,
}

impl Layout {
    /// Shifts everything so that the smallest rectangle around it starts at the origin.
    pub(super) fn move_to_origin(&mut self) {
        let mut bounds = Rect::EMPTY;
        for rect in &self.boxes {
            bounds.include(Point { x: rect.left, y: rect.top });
            bounds.include(Point { x: rect.right, y: rect.bottom });
        }
        // A cubic stays inside the hull of its control points, so these bound the curve too.
        for point in self.routes.iter().flat_map(Route::points) {
            bounds.include(point);
        }
        if self.boxes.is_empty() {
            return;
        }
        self.shift(-bounds.left, -bounds.top);
        self.size = Size { width: bounds.right - bounds.left, height: bounds.bottom - bounds.top };
    }

    pub(crate) fn shift(&mut self, dx: f64, dy: f64) {
        for rect in &mut self.boxes {
            *rect = rect.shifted(dx, dy);
        }
        for route in &mut self.routes {
            route.shift(dx, dy);
        }
    }

    /// Exchanges x and y.
    pub(super) fn transpose(&mut self) {
        self.map(|Point { x, y }| Point { x: y, y: x });
        self.size = self.size.transposed();
    }

    pub(super) fn map(&mut self, move_point: impl Fn(Point) -> Point) {
        for rect in &mut self.boxes {
            let mut moved = Rect::EMPTY;
            moved.include(move_point(Point { x: rect.left, y: rect.top }));
            moved.include(move_point(Point { x: rect.right, y: rect.bottom }));
            *rect = moved;
        }
        for route in &mut self.routes {
            route.map(&move_point);
        }
    }
}
