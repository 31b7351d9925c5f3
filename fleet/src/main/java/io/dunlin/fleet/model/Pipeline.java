package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;

/**
 * A pumping station of an oil pipeline: a pump that runs up and down, friction that grows with the square of the flow, a
 * valve, and now and then a leak that pressure and flow betray. Commands: pump (on or off), valve (0 to 100 %), repair.
 */
final class Pipeline extends Stepped {
    private static final double FRICTION = 6.5e-5;
    private static final double FLOW_MAX = 650;

    private final double head;
    private final double leakChance;
    private boolean pump = true;
    private double valve = 100;
    private double pumpSpeed = 1;
    private double flow;
    private double leak;

    Pipeline(Parameters p) {
        super(1, p.rng());
        this.head = p.number("pressure", 62);
        this.leakChance = 1 / Generators.positive(p, "leak-every", 6 * 3600);
        this.flow = steadyFlow();
    }

    /** Cubic metres an hour that friction lets through. */
    private double steadyFlow() {
        double opening = valve / 100;
        return Math.min(FLOW_MAX, opening * Math.sqrt(Math.max(0, head * pumpSpeed * pumpSpeed - 35) / FRICTION));
    }

    @Override
    void advance(double second, double step) {
        pumpSpeed += ((pump ? 1 : 0) - pumpSpeed) * step / 25;
        flow += (steadyFlow() - flow) * step / 12;
        if (leak == 0 && rng.chance(leakChance * step)) {
            leak = rng.between(8, 40);
        }
    }

    @Override
    Value value() {
        double in = head * pumpSpeed * pumpSpeed - leak * 0.03 + 0.08 * look.gaussian();
        double out = Math.max(0, in - FRICTION * flow * flow - leak * 0.12);
        return new Fields()
                .real("pressure-in", Math.max(0, in))
                .real("pressure-out", out + 0.08 * look.gaussian())
                .real("flow-in", Math.max(0, flow + leak * 0.4 + 0.7 * look.gaussian()))
                .real("flow-out", Math.max(0, flow - leak + 0.7 * look.gaussian()))
                .real("valve", valve)
                .flag("pump", pump)
                .real("rpm", 2960 * pumpSpeed)
                .text("alarm", leak > 0 ? "leak" : pump && out < 5 ? "low-pressure" : "none")
                .tree();
    }

    @Override
    public boolean command(String name, Value value) {
        switch (name) {
            case "pump" -> pump = value.truth();
            case "valve" -> valve = clamp(Double.isNaN(value.number()) ? valve : value.number(), 0, 100);
            case "repair" -> leak = 0;
            default -> {
                return false;
            }
        }
        return true;
    }
}
