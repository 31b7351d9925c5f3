package io.dunlin.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ArrowsTest {
    private static final List<ClassReferences> CLASSES = withImports(ClassReferences.all());

    /** Adds what the sources import: the compiler drops an import that only a comment or a constant uses. */
    private static List<ClassReferences> withImports(List<ClassReferences> classes) {
        var all = new ArrayList<>(classes);
        var mains = Repository.sources().stream()
                .filter(source -> source.kind() == JavaSource.Kind.MAIN)
                .toList();
        for (var imports : SyntaxTrees.of(mains).imports()) {
            var file = imports.source().path().replaceAll(".*/|\\.java$", "");
            all.add(new ClassReferences(
                    imports.source().module(), imports.packageName() + "." + file, new TreeSet<>(imports.names())));
        }
        return all;
    }

    @Test
    void theClassesAreSeen() {
        assertThat(CLASSES).hasSizeGreaterThan(50);
        assertThat(CLASSES).extracting(ClassReferences::module).contains("protocol", "broker");
        assertThat(CLASSES)
                .filteredOn(type -> type.name().equals("io.dunlin.broker.port.Message"))
                .flatExtracting(ClassReferences::names)
                .contains("io.dunlin.protocol.packet.QoS", "java.lang.Record");
    }

    @Test
    void modulesAndPackagesUseOnlyWhatTheyMay() {
        var arrows = new Arrows(Repository.list("arrows.txt"));
        assertThat(arrows.findings(CLASSES)).isEmpty();
        assertThat(arrows.unlisted(CLASSES)).isEmpty();
    }

    @Test
    void noPackagesUseEachOtherInARing() {
        assertThat(Arrows.cycles(CLASSES)).isEmpty();
    }

    @Test
    void aUseThatNoArrowAllowsIsFound() {
        var arrows = new Arrows(List.of(
                "low -> java.* !java.net.*",
                "high -> low java.*",
                "io.dunlin.high.a. -> ",
                "io.dunlin.high.b. -> io.dunlin.high.a"));
        var low = type("low", "io.dunlin.low.Low");
        var a = type("high", "io.dunlin.high.a.A", "io.dunlin.low.Low", "java.net.Socket");
        var b = type("high", "io.dunlin.high.b.B", "io.dunlin.high.a.A");
        assertThat(arrows.findings(List.of(low, a, b))).isEmpty();

        assertThat(arrows.findings(List.of(a, type("low", "io.dunlin.low.Low", "io.dunlin.high.a.A"))))
                .singleElement()
                .asString()
                .contains("module low must not use high");
        assertThat(arrows.findings(List.of(b, type("high", "io.dunlin.high.a.A", "io.dunlin.high.b.B"))))
                .singleElement()
                .asString()
                .contains("io.dunlin.high.a must not use io.dunlin.high.b");
        assertThat(arrows.findings(List.of(type("low", "io.dunlin.low.Low", "io.netty.buffer.ByteBuf"))))
                .singleElement()
                .asString()
                .contains("low must not use io.netty.buffer.ByteBuf");
        assertThat(arrows.findings(List.of(type("low", "io.dunlin.low.Low", "java.net.Socket"))))
                .hasSize(1);
    }

    @Test
    void onlyTransportMayUseNetty() {
        var arrows = new Arrows(Repository.list("arrows.txt"));
        var modules = CLASSES.stream().map(ClassReferences::module).distinct();
        assertThat(modules.filter(module -> arrows.findings(
                                List.of(type(module, "io.dunlin.made.Up", "io.netty.channel.Channel")))
                        .isEmpty()))
                .isSubsetOf("transport");
    }

    @Test
    void aPackageWithoutALineIsFound() {
        var arrows = new Arrows(List.of("high -> java.*", "io.dunlin.high.a. -> "));
        var types = List.of(
                type("high", "io.dunlin.high.a.A"), type("high", "io.dunlin.high.b.B"), type("x", "io.dunlin.x.X"));
        assertThat(arrows.unlisted(types)).extracting(Finding::place).containsExactly("io.dunlin.high.b", "x");
    }

    @Test
    void aRingIsFound() {
        var a = type("m", "io.dunlin.a.A", "io.dunlin.b.B");
        var b = type("m", "io.dunlin.b.B", "io.dunlin.c.C");
        var c = type("m", "io.dunlin.c.C", "io.dunlin.a.A");
        assertThat(Arrows.cycles(List.of(a, b))).isEmpty();
        assertThat(Arrows.cycles(List.of(a, b, c)))
                .containsExactly(List.of("io.dunlin.a", "io.dunlin.b", "io.dunlin.c"));
    }

    private static ClassReferences type(String module, String name, String... names) {
        return new ClassReferences(module, name, Set.of(names));
    }
}
