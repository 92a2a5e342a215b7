using System.Xml.Linq;
using FluentAssertions;
using GanSharp.Data;
using GanSharp.Schedules;
using Mono.Cecil;
using Mono.Cecil.Rocks;
using Xunit;

namespace GanSharp.Tests.Documentation;

/// <summary>Which arguments a public member refuses stands in its documentation.</summary>
public sealed class ExceptionDocumentationTests
{
    private const string Argument = "System.ArgumentException", Range = "System.ArgumentOutOfRangeException";

    [Theory]
    [InlineData("GanSharp")]
    [InlineData("GanSharp.Reporting")]
    [InlineData("GanSharp.LivePage")]
    [InlineData("GanSharp.Mpi")]
    [InlineData("GanSharp.Onnx")]
    public void Every_member_that_refuses_an_argument_says_so(string library)
    {
        var path = Path.Combine(AppContext.BaseDirectory, library);
        var documentation = XDocument.Load($"{path}.xml").Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
        using var assembly = AssemblyDefinition.ReadAssembly($"{path}.dll");
        var members = assembly.MainModule.GetTypes().Where(PublicMembers.IsVisible).SelectMany(type => type.Methods).Where(method => method.HasBody && PublicMembers.IsVisible(method)).ToArray();

        string.Join(", ", members.Where(member => Refusals(member, []).Any(thrown => !IsDocumented(Documented(member), thrown))).Select(member => $"{member.DeclaringType.Name}.{member.Name}")).Should().BeEmpty();

        // What the compiler makes, such as a record's copy constructor, has no documentation; without <inheritdoc/> resolved, an override's is another member's.
        bool IsDocumented(IMemberDefinition member, string thrown) =>
            !documentation.TryGetValue(DocCommentId.GetDocCommentId(member), out var comment) || comment.Element("inheritdoc") is not null
            || comment.Elements("exception").Any(exception => exception.Attribute("cref")!.Value is var name && (name == $"T:{thrown}" || name == $"T:{Argument}"));
    }

    [Fact]
    public void What_is_thrown_is_found_in_a_member_and_in_the_private_ones_that_it_calls()
    {
        using var assembly = AssemblyDefinition.ReadAssembly(typeof(Schedule).Assembly.Location);
        IEnumerable<string> Of(Type type, string member) => Refusals(assembly.MainModule.GetType(type.FullName).Methods.Single(method => method.Name == member), []).Distinct();

        Of(typeof(Schedule), nameof(Schedule.Cosine)).Should().Equal(Range);
        Of(typeof(Dataset), "ThrowIfNotDrawable").Should().Equal(Range);
        Of(typeof(Schedule), nameof(Schedule.At)).Should().BeEmpty();
    }

    private static IMemberDefinition Documented(MethodDefinition method) =>
        method.IsGetter || method.IsSetter ? method.DeclaringType.Properties.First(property => property.GetMethod == method || property.SetMethod == method) : method;

    /// <summary>What a method throws for its arguments, itself or by private methods of its type.</summary>
    private static IEnumerable<string> Refusals(MethodDefinition method, HashSet<string> seen)
    {
        foreach (var called in method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>())
        {
            if (called.DeclaringType.FullName is Argument or Range && (called.Name == ".ctor" || called.Name.StartsWith("ThrowIf", StringComparison.Ordinal)))
                yield return called.DeclaringType.FullName;
            else if (called is MethodDefinition { IsPrivate: true, HasBody: true } own && own.DeclaringType == method.DeclaringType && seen.Add(own.FullName))
                foreach (var thrown in Refusals(own, seen))
                    yield return thrown;
        }
    }
}
