package io.dunlin.checks;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** What the compiler's parser says about sources; nothing is resolved or compiled. */
final class SyntaxTrees {
    /**
     * A method or constructor with a body.
     *
     * @param lines from its first annotation or modifier to its closing brace
     */
    record Method(String path, String name, long line, long lines) {}

    /** A public type, nested ones included when all around them is public. */
    record PublicType(String path, String name, boolean documented) {}

    /** The packages and types that a file imports, static imports by their type. */
    record Imports(JavaSource source, String packageName, List<String> names) {}

    private final List<Method> methods = new ArrayList<>();
    private final List<PublicType> publicTypes = new ArrayList<>();
    private final List<Imports> imports = new ArrayList<>();

    private SyntaxTrees() {}

    static SyntaxTrees of(List<JavaSource> sources) {
        var result = new SyntaxTrees();
        var compiler = ToolProvider.getSystemJavaCompiler();
        var inputs = sources.stream().map(Input::new).toList();
        var task =
                (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none", "--release", "25"), null, inputs);
        var byUri = new HashMap<URI, JavaSource>();
        inputs.forEach(input -> byUri.put(input.toUri(), input.source));
        var docs = DocTrees.instance(task);
        try {
            for (var unit : task.parse()) {
                var source = byUri.get(unit.getSourceFile().toUri());
                if (source == null) {
                    throw new IllegalStateException("parsed what was not given: " + unit.getSourceFile());
                }
                result.imports.add(importsOf(source, unit));
                result.new Scanner(source.path(), unit, docs).scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return result;
    }

    List<Method> methods() {
        return methods;
    }

    List<PublicType> publicTypes() {
        return publicTypes;
    }

    List<Imports> imports() {
        return imports;
    }

    private static Imports importsOf(JavaSource source, CompilationUnitTree unit) {
        var names = new ArrayList<String>();
        for (ImportTree line : unit.getImports()) {
            var name = line.getQualifiedIdentifier().toString();
            names.add(line.isStatic() ? name.substring(0, name.lastIndexOf('.')) : name);
        }
        var packageName = unit.getPackageName();
        return new Imports(source, packageName == null ? "" : packageName.toString(), names);
    }

    private final class Scanner extends TreePathScanner<Void, Void> {
        private final String path;
        private final CompilationUnitTree unit;
        private final DocTrees docs;

        Scanner(String path, CompilationUnitTree unit, DocTrees docs) {
            this.path = path;
            this.unit = unit;
            this.docs = docs;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            if (method.getBody() != null) {
                long first = line(docs.getSourcePositions().getStartPosition(unit, method));
                long last = line(docs.getSourcePositions().getEndPosition(unit, method));
                methods.add(new Method(path, method.getName().toString(), first, last - first + 1));
            }
            return super.visitMethod(method, null);
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            if (isPublic(getCurrentPath())) {
                boolean documented = docs.getDocComment(getCurrentPath()) != null;
                publicTypes.add(new PublicType(path, type.getSimpleName().toString(), documented));
            }
            return super.visitClass(type, null);
        }

        private boolean isPublic(TreePath path) {
            var around = path.getParentPath().getLeaf();
            if (!(around instanceof ClassTree outer)) {
                return path.getLeaf() instanceof ClassTree type
                        && around instanceof CompilationUnitTree
                        && type.getModifiers().getFlags().contains(Modifier.PUBLIC);
            }
            boolean inInterface =
                    outer.getKind() == Tree.Kind.INTERFACE || outer.getKind() == Tree.Kind.ANNOTATION_TYPE;
            return (inInterface
                            || ((ClassTree) path.getLeaf())
                                    .getModifiers()
                                    .getFlags()
                                    .contains(Modifier.PUBLIC))
                    && isPublic(path.getParentPath());
        }

        private long line(long position) {
            return unit.getLineMap().getLineNumber(position);
        }
    }

    private static final class Input extends SimpleJavaFileObject {
        private final JavaSource source;

        Input(JavaSource source) {
            super(URI.create("string:///" + source.path()), JavaFileObject.Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source.text();
        }
    }
}
