// Draws what lies between the edges of a chart's band as one ground for each stretch without a gap. The plotter that
// dygraphs has makes a ground of every two points, and the browser fills thousands of them.

// Runs of [x, edge, other edge] in pixels, of points as dygraphs has laid them out (its y_top is the place of the lower
// edge); `area` is where they are drawn. A run that is nowhere wider than a line is none.
export function runsOf(points, area) {
  const runs = [];
  let run = [];
  const end = () => {
    if (run.length > 1 && run.some(([, one, other]) => Math.abs(other - one) > 0.5)) runs.push(run);
    run = [];
  };
  for (const {canvasx, yval, y_top: top, y_bottom: bottom} of points) {
    if (typeof yval === 'number' && Number.isFinite(top) && Number.isFinite(bottom)) {
      run.push([canvasx, area.y + area.h * top, area.y + area.h * bottom]);
    } else {
      end();
    }
  }
  end();
  return runs;
}

export function drawBand({points, plotArea, drawingContext: pen, color, dygraph, setName}) {
  pen.save();
  pen.fillStyle = color;
  pen.globalAlpha = dygraph.getNumericOption('fillAlpha', setName);
  for (const run of runsOf(points, plotArea)) {
    pen.beginPath();
    for (const [x, top] of run) pen.lineTo(x, top);
    for (const [x, , bottom] of run.reverse()) pen.lineTo(x, bottom);
    pen.fill();
  }
  pen.restore();
}
