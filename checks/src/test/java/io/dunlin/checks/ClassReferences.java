package io.dunlin.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A compiled class and the classes that it mentions.
 *
 * @param names binary names ({@code java.util.Map$Entry}), without arrays and primitives
 */
record ClassReferences(String module, String name, Set<String> names) {
    /** All compiled main classes of the repository whose source still exists. */
    static List<ClassReferences> all() {
        var all = new ArrayList<ClassReferences>();
        for (var module : Repository.modules()) {
            var classes = module.resolve("target/classes");
            for (var file : Repository.filesBelow(classes, ".class")) {
                if (Files.exists(sourceOf(module, classes, file))) {
                    all.add(of(module.getFileName().toString(), bytes(file)));
                }
            }
        }
        return all;
    }

    static ClassReferences of(String module, byte[] classFile) {
        var model = ClassFile.of().parse(classFile);
        var names = new TreeSet<String>();
        for (var entry : model.constantPool()) {
            switch (entry) {
                case ClassEntry type -> add(names, type.asSymbol());
                case NameAndTypeEntry member ->
                    addDescriptor(names, member.type().stringValue());
                case MethodTypeEntry type ->
                    addDescriptor(names, type.descriptor().stringValue());
                default -> {}
            }
        }
        model.methods()
                .forEach(method -> addDescriptor(names, method.methodType().stringValue()));
        model.fields().forEach(field -> addDescriptor(names, field.fieldType().stringValue()));
        var name = nameOf(model);
        names.remove(name);
        return new ClassReferences(module, name, names);
    }

    String packageName() {
        return packageOf(name);
    }

    static String packageOf(String className) {
        return className.substring(0, Math.max(0, className.lastIndexOf('.')));
    }

    private static String nameOf(ClassModel model) {
        return model.thisClass().asInternalName().replace('/', '.');
    }

    private static void addDescriptor(Set<String> names, String descriptor) {
        if (descriptor.startsWith("(")) {
            var type = MethodTypeDesc.ofDescriptor(descriptor);
            type.parameterList().forEach(parameter -> add(names, parameter));
            add(names, type.returnType());
        } else {
            add(names, ClassDesc.ofDescriptor(descriptor));
        }
    }

    private static void add(Set<String> names, ClassDesc type) {
        var text = type.descriptorString().replaceFirst("^\\[+", "");
        if (text.startsWith("L")) {
            names.add(text.substring(1, text.length() - 1).replace('/', '.'));
        }
    }

    private static Path sourceOf(Path module, Path classes, Path file) {
        var name =
                classes.relativize(file).toString().replaceAll("\\.class$", "").replaceAll("\\$.*", "");
        return module.resolve("src/main/java").resolve(name + ".java");
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
