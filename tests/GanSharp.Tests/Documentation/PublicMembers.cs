using Mono.Cecil;

namespace GanSharp.Tests.Documentation;

/// <summary>What of an assembly its users see: public and protected members that stand in the source.</summary>
internal static class PublicMembers
{
    public static IEnumerable<IMemberDefinition> Of(TypeDefinition type)
    {
        yield return type;
        if (IsDelegate(type))
            yield break;
        foreach (var method in type.Methods.Where(method => IsVisible(method) && !IsMadeByCompiler(method) && !method.IsGetter && !method.IsSetter && !method.IsAddOn && !method.IsRemoveOn))
            yield return method;
        foreach (var property in type.Properties.Where(property => (IsVisible(property.GetMethod) || IsVisible(property.SetMethod)) && !IsMadeByCompiler(property)))
            yield return property;
        foreach (var field in type.Fields.Where(field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName))
            yield return field;
        foreach (var raised in type.Events.Where(raised => IsVisible(raised.AddMethod)))
            yield return raised;
    }

    public static bool IsVisible(TypeDefinition type) => type.IsNested ? (type.IsNestedPublic || type.IsNestedFamily) && IsVisible(type.DeclaringType) : type.IsPublic;

    public static bool IsVisible(MethodDefinition? method) => method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    public static bool IsDelegate(TypeDefinition type) => type.BaseType?.FullName == "System.MulticastDelegate";

    /// <summary>What a record has besides its own members, such as its equality.</summary>
    private static bool IsMadeByCompiler(MethodDefinition method) => method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "CompilerGeneratedAttribute");

    /// <summary>A getter of the compiler's that reads no field of the compiler's isn't that of an automatic property.</summary>
    private static bool IsMadeByCompiler(PropertyDefinition property) =>
        property.GetMethod is { } getter && IsMadeByCompiler(getter) && !property.DeclaringType.Fields.Any(field => field.Name == $"<{property.Name}>k__BackingField");
}
