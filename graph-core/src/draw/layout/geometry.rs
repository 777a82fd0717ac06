//! Points, rectangles and routes, and the layout that is made of them.
//!
//! The unit is a pixel of a picture at scale 1, and y grows downwards.

/// A point of the picture.
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

/// A width and a height.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Size {
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Size {
    /// Exchanges width and height.
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
    /// Contains no point, until [`include`](Rect::include) adds one.
    pub(crate) const EMPTY: Rect = Rect {
        left: f64::INFINITY,
        top: f64::INFINITY,
        right: f64::NEG_INFINITY,
        bottom: f64::NEG_INFINITY,
    };

    /// Makes the rectangle of this size around `centre`.
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

    /// Grows as little as is needed to contain `point`.
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

/// One piece of a route. It starts where the piece before it ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Segment {
    /// A straight line to a point.
    Line(Point),
    /// A cubic Bézier curve: two control points and the end.
    Cubic(Point, Point, Point),
}

impl Segment {
    /// Returns the point where it ends.
    pub(crate) fn end(&self) -> Point {
        match *self {
            Segment::Line(end) | Segment::Cubic(_, _, end) => end,
        }
    }
}

/// The line of one edge, in the direction of the data. It ends with a straight piece that has room
/// for an arrow head.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Route {
    pub(crate) start: Point,
    pub(crate) segments: Vec<Segment>,
}

impl Route {
    /// Returns its start, and the control points and the end of every piece. Some occur repeatedly.
    pub(crate) fn points(&self) -> impl Iterator<Item = Point> + '_ {
        let of_segments = self.segments.iter().flat_map(|segment| match *segment {
            Segment::Line(end) => [end, end, end],
            Segment::Cubic(first, second, end) => [first, second, end],
        });
        std::iter::once(self.start).chain(of_segments)
    }

    /// Moves everything.
    pub(crate) fn shift(&mut self, dx: f64, dy: f64) {
        self.map(|point| point.shifted(dx, dy));
    }

    /// Moves every point.
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

/// Boxes and routes in one coordinate system, whose origin is the upper left corner.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Layout {
    /// The boxes, in the order of the sizes. Each is at least as large as its size says.
    pub(crate) boxes: Vec<Rect>,
    /// One route per edge, in the order of the edges. Edges out of one box may be bundled: the
    /// route of the first of these includes the bundle, and the others start where they leave it.
    /// An unbundled edge has a route from box to box.
    pub(crate) routes: Vec<Route>,
    /// The size of the smallest rectangle from the origin that contains everything.
    pub(crate) size: Size,
}

impl Layout {
    /// Moves everything so that the smallest rectangle around it starts at the origin, and sets the
    /// size.
    pub(super) fn move_to_origin(&mut self) {
        let mut bounds = Rect::EMPTY;
        for rect in &self.boxes {
            bounds.include(Point { x: rect.left, y: rect.top });
            bounds.include(Point { x: rect.right, y: rect.bottom });
        }
        // A cubic stays inside the convex hull of its control points, so these bound the curve.
        for point in self.routes.iter().flat_map(Route::points) {
            bounds.include(point);
        }
        if self.boxes.is_empty() {
            return;
        }
        self.shift(-bounds.left, -bounds.top);
        self.size = Size { width: bounds.right - bounds.left, height: bounds.bottom - bounds.top };
    }

    /// Moves everything. The size stays.
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

    /// Moves every box and route point by point.
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
