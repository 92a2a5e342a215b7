using System.Xml.Linq;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace GanSharp.Tests.Documentation;

/// <summary>The XML comments of some libraries by their members, with what a member has from another one.</summary>
internal sealed class DocumentationComments
{
    private readonly Dictionary<string, XElement> comments = [];
    private readonly HashSet<string> libraries = [];

    /// <param name="folder">Where the libraries' assemblies and XML files are.</param>
    /// <param name="names">The libraries.</param>
    public DocumentationComments(string folder, params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            libraries.Add(name);
            foreach (var member in XDocument.Load(Path.Combine(folder, $"{name}.xml")).Descendants("member"))
                comments.TryAdd(member.Attribute("name")!.Value, member);
        }
    }

    /// <summary>The elements of a member's comment; where it says inheritdoc or is an override without a comment, with those of the other member. Null for what another library documents and for a constructor that isn't in the source.</summary>
    public IReadOnlyList<XElement>? Of(IMemberDefinition member)
    {
        if (!libraries.Contains((member as TypeDefinition ?? member.DeclaringType).Module.Assembly.Name.Name))
            return null;
        if (!comments.TryGetValue(DocCommentId.GetDocCommentId(member), out var comment))
            return member switch
            {
                MethodDefinition { IsConstructor: true, HasParameters: false } => null,
                PropertyDefinition property when Positional(property) is { } parameter => [new XElement("summary", parameter.Nodes())],
                _ => Origin(member) is { } origin ? Of(origin) : [],
            };
        IEnumerable<XElement> parts = comment.Elements();
        foreach (var inherited in comment.Elements("inheritdoc"))
        {
            var others = inherited.Attribute("cref") is { } source ? comments.GetValueOrDefault(source.Value)?.Elements() : Origin(member) is { } origin ? Of(origin) : null;
            if (others is null)
                return null;
            // A path such as "/summary" takes one kind of element.
            parts = parts.Concat(others.Where(part => inherited.Attribute("path") is not { } path || path.Value.TrimStart('/') == part.Name.LocalName));
        }
        return [.. parts];
    }

    /// <summary>A property that a record's first line declares is documented as its parameter.</summary>
    private XElement? Positional(PropertyDefinition property) =>
        comments.GetValueOrDefault(DocCommentId.GetDocCommentId(property.DeclaringType))?.Elements("param").FirstOrDefault(parameter => parameter.Attribute("name")!.Value == property.Name);

    /// <summary>What a member overrides or implements.</summary>
    private static IMemberDefinition? Origin(IMemberDefinition member)
    {
        switch (member)
        {
            case TypeDefinition type:
                return type.BaseType?.Resolve();
            case PropertyDefinition property:
                return Origin(property.GetMethod ?? property.SetMethod) is MethodDefinition accessor ? accessor.DeclaringType.Properties.First(other => other.GetMethod == accessor || other.SetMethod == accessor) : null;
            case MethodDefinition method:
                return method.GetBaseMethod() is { } origin && origin != method ? origin
                    : method.DeclaringType.Interfaces.SelectMany(one => one.InterfaceType.Resolve().Methods).FirstOrDefault(other => other.Name == method.Name && other.Parameters.Count == method.Parameters.Count);
            default:
                return null;
        }
    }
}
